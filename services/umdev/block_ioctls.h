// The ioctls that disk tools ask of a block device (linux/fs.h, linux/hdreg.h), answered for a
// Volume.
#ifndef SERVICES_UMDEV_BLOCK_IOCTLS_H_
#define SERVICES_UMDEV_BLOCK_IOCTLS_H_

#include <cstdint>

#include "sdk/base/errno.h"
#include "services/umdev/partitions.h"
#include "services/umdev/volume.h"
#include "umsdk/device.h"

namespace umsdk::umdev {

// What an ioctl is asked of: one open of a volume.
struct BlockTarget {
  Volume& volume;
  Partitions* partitions = nullptr;  // of a whole disk that may have some
  bool writable = false;      // open for writing: what discards asks for that, as in the kernel
  bool may_configure = true;  // may ask for what the kernel wants CAP_SYS_ADMIN for
};

// ENOTTY for a request that is not a disk's.
ErrnoOr<int64_t> BlockIoctl(const BlockTarget& target, uint64_t request, uint64_t argument,
                            IoctlMemory& memory);

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_BLOCK_IOCTLS_H_
