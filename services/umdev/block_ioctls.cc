#include "services/umdev/block_ioctls.h"

#include <linux/blkpg.h>
#include <linux/blkzoned.h>
#include <linux/fs.h>
#include <linux/hdreg.h>

#include <algorithm>
#include <array>
#include <bit>

#include "services/umdev/partition_ioctls.h"

namespace umsdk::umdev {
namespace {

// The kernel's page: an upper bound of BLKBSZSET and the unit in which read-ahead is kept.
constexpr uint64_t kPage = 4096;

#ifndef BLKGETDISKSEQ  // newer than the distribution's headers
#define BLKGETDISKSEQ _IOR(0x12, 128, uint64_t)
#endif

// A request that puts one number into the caller's memory. The widths are the kernel's
// (block/ioctl.c); _IOR in the headers names others.
struct Getter {
  enum Width { kShort, kInt, kLong };

  uint32_t request;
  Width width;
  uint64_t (*value)(const Volume& volume);
};

constexpr Getter kGetters[] = {
    {BLKGETSIZE, Getter::kLong, [](const Volume& volume) { return volume.size() / kSectorSize; }},
    {BLKGETSIZE64, Getter::kLong, [](const Volume& volume) { return volume.size(); }},
    {BLKSSZGET, Getter::kInt, [](const Volume&) { return kSectorSize; }},
    {BLKPBSZGET, Getter::kInt, [](const Volume&) { return kSectorSize; }},
    {BLKBSZGET, Getter::kInt, [](const Volume& volume) { return uint64_t{volume.block_size()}; }},
    {BLKIOMIN, Getter::kInt, [](const Volume&) { return kSectorSize; }},
    {BLKIOOPT, Getter::kInt, [](const Volume&) { return uint64_t{0}; }},
    {BLKALIGNOFF, Getter::kInt, [](const Volume&) { return uint64_t{0}; }},
    {BLKROGET, Getter::kInt, [](const Volume& volume) { return uint64_t{volume.read_only()}; }},
    {BLKRAGET, Getter::kLong, [](const Volume& volume) { return volume.disk().read_ahead(); }},
    {BLKFRAGET, Getter::kLong, [](const Volume& volume) { return volume.disk().read_ahead(); }},
    // 0 since Linux 4.12: nobody may rely on what a discarded sector reads as.
    {BLKDISCARDZEROES, Getter::kInt, [](const Volume&) { return uint64_t{0}; }},
    {BLKROTATIONAL, Getter::kShort, [](const Volume&) { return uint64_t{0}; }},
    {BLKSECTGET, Getter::kShort, [](const Volume&) { return uint64_t{2560}; }},
    {BLKGETZONESZ, Getter::kInt, [](const Volume&) { return uint64_t{0}; }},
    {BLKGETNRZONES, Getter::kInt, [](const Volume&) { return uint64_t{0}; }},
    {BLKGETDISKSEQ, Getter::kLong, [](const Volume& volume) { return volume.disk().sequence(); }},
};

ErrnoOr<int64_t> Done(ErrnoOrOk result) {
  if (!result.ok()) return result.error();
  return int64_t{0};
}

ErrnoOr<int64_t> Put(const Getter& getter, const Volume& volume, uint64_t to, IoctlMemory& memory) {
  uint64_t value = getter.value(volume);
  switch (getter.width) {
    case Getter::kShort:
      return Done(memory.Put(to, static_cast<uint16_t>(value)));
    case Getter::kInt:
      return Done(memory.Put(to, static_cast<uint32_t>(value)));
    case Getter::kLong:
      break;
  }
  return Done(memory.Put(to, value));
}

ErrnoOr<int64_t> PutGeometry(const Volume& volume, uint64_t to, IoctlMemory& memory) {
  if (to == 0) return Errno(EINVAL);
  const DiskGeometry& disk = volume.disk().geometry();
  hd_geometry geometry = {};
  geometry.heads = disk.heads;
  geometry.sectors = disk.sectors;
  geometry.cylinders = static_cast<uint16_t>(std::min<uint64_t>(disk.cylinders, 65535));
  geometry.start = volume.extent().start / kSectorSize;
  return Done(memory.Put(to, geometry));
}

ErrnoOr<int64_t> SetReadOnly(Volume& volume, uint64_t from, IoctlMemory& memory) {
  UMSDK_ASSIGN_OR_ERRNO(int read_only, memory.Get<int>(from));
  volume.set_read_only(read_only != 0);
  return int64_t{0};
}

ErrnoOr<int64_t> SetBlockSize(Volume& volume, uint64_t from, IoctlMemory& memory) {
  if (from == 0) return Errno(EINVAL);
  UMSDK_ASSIGN_OR_ERRNO(int size, memory.Get<int>(from));
  if (size < static_cast<int>(kSectorSize) || size > static_cast<int>(kPage) ||
      !std::has_single_bit(static_cast<unsigned>(size))) {
    return Errno(EINVAL);
  }
  volume.set_block_size(size);
  return int64_t{0};
}

// The argument is the number of sectors itself.
ErrnoOr<int64_t> SetReadAhead(Disk& disk, uint64_t sectors) {
  disk.set_read_ahead(sectors - sectors % (kPage / kSectorSize));
  return int64_t{0};
}

// The argument points to an offset and a length in bytes.
ErrnoOr<int64_t> Clear(const BlockTarget& target, uint32_t request, uint64_t from,
                       IoctlMemory& memory) {
  if (!target.writable) return Errno(EBADF);
  if (request == BLKSECDISCARD && !target.volume.disk().storage().discards_securely()) {
    return Errno(EOPNOTSUPP);
  }
  using Range = std::array<uint64_t, 2>;
  UMSDK_ASSIGN_OR_ERRNO(Range range, memory.Get<Range>(from));
  bool zero = request == BLKZEROOUT;
  return Done(zero ? target.volume.Zero(range[0], range[1])
                   : target.volume.Discard(range[0], range[1]));
}

// What the kernel wants CAP_SYS_ADMIN for.
ErrnoOr<int64_t> Configure(const BlockTarget& target, uint32_t request, uint64_t argument,
                           IoctlMemory& memory) {
  if (!target.may_configure) return Errno(EACCES);
  switch (request) {
    case BLKROSET:
      return SetReadOnly(target.volume, argument, memory);
    case BLKBSZSET:
      return SetBlockSize(target.volume, argument, memory);
    case BLKRASET:
    case BLKFRASET:
      return SetReadAhead(target.volume.disk(), argument);
    case BLKFLSBUF:
      return Done(target.volume.Flush());
    default:
      return PartitionIoctl(target.volume, target.partitions, request, argument, memory);
  }
}

}  // namespace

ErrnoOr<int64_t> BlockIoctl(const BlockTarget& target, uint64_t request, uint64_t argument,
                            IoctlMemory& memory) {
  uint32_t command = static_cast<uint32_t>(request);  // the kernel's ioctl takes an unsigned int
  for (const Getter& getter : kGetters) {
    if (getter.request == command) return Put(getter, target.volume, argument, memory);
  }
  switch (command) {
    case HDIO_GETGEO:
      return PutGeometry(target.volume, argument, memory);
    case BLKDISCARD:
    case BLKSECDISCARD:
    case BLKZEROOUT:
      return Clear(target, command, argument, memory);
    case BLKROSET:
    case BLKBSZSET:
    case BLKRASET:
    case BLKFRASET:
    case BLKFLSBUF:
    case BLKRRPART:
    case BLKPG:
      return Configure(target, command, argument, memory);
    default:
      return Errno(ENOTTY);
  }
}

}  // namespace umsdk::umdev
