#include "services/umdev/partition_ioctls.h"

#include <linux/blkpg.h>
#include <linux/fs.h>

#include <limits>

namespace umsdk::umdev {
namespace {

// In the order of the kernel's blkpg_do_ioctl().
ErrnoOrOk Change(const Volume& disk, Partitions* partitions, int operation,
                 const blkpg_partition& wanted) {
  if (partitions == nullptr || wanted.pno <= 0) return Errno(EINVAL);
  if (operation == BLKPG_DEL_PARTITION) return partitions->Delete(wanted.pno);
  if (wanted.start < 0 || wanted.length <= 0) return Errno(EINVAL);
  if (std::numeric_limits<long long>::max() - wanted.length < wanted.start) return Errno(EINVAL);
  Extent extent{static_cast<uint64_t>(wanted.start), static_cast<uint64_t>(wanted.length)};
  if ((extent.start | extent.length) % kSectorSize != 0) return Errno(EINVAL);
  if (extent.end() > disk.size()) return Errno(EINVAL);
  switch (operation) {
    case BLKPG_ADD_PARTITION:
      return partitions->Add(wanted.pno, extent);
    case BLKPG_RESIZE_PARTITION:
      return partitions->Resize(wanted.pno, extent);
    default:
      return Errno(EINVAL);
  }
}

ErrnoOrOk ChangeOne(const Volume& disk, Partitions* partitions, uint64_t argument,
                    IoctlMemory& memory) {
  UMSDK_ASSIGN_OR_ERRNO(auto wrapper, memory.Get<blkpg_ioctl_arg>(argument));
  UMSDK_ASSIGN_OR_ERRNO(auto wanted,
                        memory.Get<blkpg_partition>(reinterpret_cast<uint64_t>(wrapper.data)));
  return Change(disk, partitions, wrapper.op, wanted);
}

}  // namespace

ErrnoOr<int64_t> PartitionIoctl(const Volume& disk, Partitions* partitions, uint32_t request,
                                uint64_t argument, IoctlMemory& memory) {
  ErrnoOrOk result = Errno(ENOTTY);
  if (request == BLKRRPART) {
    result = partitions != nullptr ? partitions->Reread() : ErrnoOrOk(Errno(EINVAL));
  } else if (request == BLKPG) {
    result = ChangeOne(disk, partitions, argument, memory);
  }
  if (!result.ok()) return result.error();
  return int64_t{0};
}

}  // namespace umsdk::umdev
