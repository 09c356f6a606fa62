// umdevnbd: the export of an NBD server as a disk with partitions.
#ifndef SERVICES_UMDEV_NBD_DEVICE_H_
#define SERVICES_UMDEV_NBD_DEVICE_H_

#include "sdk/base/errno.h"
#include "services/umdev/disk_mount.h"

namespace umsdk::umdev {

// The mount's source is an address as of ParseNbdAddress. EINVAL: it is none.
ErrnoOr<MadeDevice> CreateNbdDevice(const DevicePlan& plan);

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_NBD_DEVICE_H_
