// umdevramdisk: a disk in memory of the size that its mount asks for.
#ifndef SERVICES_UMDEV_RAMDISK_DEVICE_H_
#define SERVICES_UMDEV_RAMDISK_DEVICE_H_

#include <cstdint>

#include "sdk/base/errno.h"
#include "services/umdev/disk.h"
#include "services/umdev/disk_mount.h"

namespace umsdk::umdev {

// Whole cylinders for at least `size` bytes: of 16 heads and 16 sectors, or, when 16 bits cannot
// count those, of 128 and 128.
DiskGeometry GeometryForSize(uint64_t size);

// 65536 sectors unless the options have a size. ENOMEM: no address space for it.
ErrnoOr<MadeDevice> CreateRamdiskDevice(const DevicePlan& plan);

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_RAMDISK_DEVICE_H_
