// BLKRRPART and BLKPG: how disk tools tell the kernel that a partition table has changed.
#ifndef SERVICES_UMDEV_PARTITION_IOCTLS_H_
#define SERVICES_UMDEV_PARTITION_IOCTLS_H_

#include <cstdint>

#include "sdk/base/errno.h"
#include "services/umdev/partitions.h"
#include "services/umdev/volume.h"
#include "umsdk/device.h"

namespace umsdk::umdev {

// `partitions` is null for a volume that can have none: EINVAL. As BlockIoctl otherwise; a request
// that is neither of the two is ENOTTY.
ErrnoOr<int64_t> PartitionIoctl(const Volume& disk, Partitions* partitions, uint32_t request,
                                uint64_t argument, IoctlMemory& memory);

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_PARTITION_IOCTLS_H_
