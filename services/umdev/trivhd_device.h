// umdevtrivhd: 64 KiB of memory behind a character device, the smallest example of a disk.
#ifndef SERVICES_UMDEV_TRIVHD_DEVICE_H_
#define SERVICES_UMDEV_TRIVHD_DEVICE_H_

#include "sdk/base/errno.h"
#include "services/umdev/disk_mount.h"

namespace umsdk::umdev {

// Each device has storage of its own.
ErrnoOr<MadeDevice> CreateTrivhdDevice(const DevicePlan& plan);

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_TRIVHD_DEVICE_H_
