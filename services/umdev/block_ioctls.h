// The ioctls that disk tools ask of a block device (linux/fs.h, linux/hdreg.h), answered for a
// Disk.
#ifndef SERVICES_UMDEV_BLOCK_IOCTLS_H_
#define SERVICES_UMDEV_BLOCK_IOCTLS_H_

#include <cstdint>

#include "sdk/base/errno.h"
#include "services/umdev/disk.h"
#include "umsdk/device.h"

namespace umsdk::umdev {

// `writable`: the descriptor is open for writing; what discards asks for that, as in the kernel.
// ENOTTY for a request that is not a disk's.
ErrnoOr<int64_t> BlockIoctl(Disk& disk, bool writable, uint64_t request, uint64_t argument,
                            IoctlMemory& memory);

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_BLOCK_IOCTLS_H_
