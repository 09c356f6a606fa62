// umdevmbr: a disk image as a disk with partitions.
#ifndef SERVICES_UMDEV_IMAGE_DEVICE_H_
#define SERVICES_UMDEV_IMAGE_DEVICE_H_

#include "sdk/base/errno.h"
#include "services/umdev/disk_mount.h"

namespace umsdk::umdev {

// The mount's source is the image, opened as its caller would. What the caller may only read, and
// an image on a read-only file system, is a read-only disk.
ErrnoOr<MadeDevice> CreateImageDevice(const DevicePlan& plan);

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_IMAGE_DEVICE_H_
