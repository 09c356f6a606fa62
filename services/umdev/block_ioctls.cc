#include "services/umdev/block_ioctls.h"

#include <linux/fs.h>
#include <linux/hdreg.h>

#include <algorithm>
#include <array>
#include <bit>

namespace umsdk::umdev {
namespace {

// The kernel's page: an upper bound of BLKBSZSET and the unit in which read-ahead is kept.
constexpr uint64_t kPage = 4096;

// A request that puts one number into the caller's memory. The widths are the kernel's
// (block/ioctl.c); _IOR in the headers names others.
struct Getter {
  enum Width { kShort, kInt, kLong };

  uint32_t request;
  Width width;
  uint64_t (*value)(const Disk& disk);
};

constexpr Getter kGetters[] = {
    {BLKGETSIZE, Getter::kLong, [](const Disk& disk) { return disk.size() / kSectorSize; }},
    {BLKGETSIZE64, Getter::kLong, [](const Disk& disk) { return disk.size(); }},
    {BLKSSZGET, Getter::kInt, [](const Disk&) { return kSectorSize; }},
    {BLKPBSZGET, Getter::kInt, [](const Disk&) { return kSectorSize; }},
    {BLKBSZGET, Getter::kInt, [](const Disk& disk) { return uint64_t{disk.block_size()}; }},
    {BLKIOMIN, Getter::kInt, [](const Disk&) { return kSectorSize; }},
    {BLKIOOPT, Getter::kInt, [](const Disk&) { return uint64_t{0}; }},
    {BLKALIGNOFF, Getter::kInt, [](const Disk&) { return uint64_t{0}; }},
    {BLKROGET, Getter::kInt, [](const Disk& disk) { return uint64_t{disk.read_only()}; }},
    {BLKRAGET, Getter::kLong, [](const Disk& disk) { return disk.read_ahead(); }},
    {BLKFRAGET, Getter::kLong, [](const Disk& disk) { return disk.read_ahead(); }},
    // 0 since Linux 4.12: nobody may rely on what a discarded sector reads as.
    {BLKDISCARDZEROES, Getter::kInt, [](const Disk&) { return uint64_t{0}; }},
    {BLKROTATIONAL, Getter::kShort, [](const Disk&) { return uint64_t{0}; }},
    {BLKSECTGET, Getter::kShort, [](const Disk&) { return uint64_t{2560}; }},
};

ErrnoOr<int64_t> Done(ErrnoOrOk result) {
  if (!result.ok()) return result.error();
  return int64_t{0};
}

ErrnoOr<int64_t> Put(const Getter& getter, const Disk& disk, uint64_t to, IoctlMemory& memory) {
  uint64_t value = getter.value(disk);
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

ErrnoOr<int64_t> PutGeometry(const Disk& disk, uint64_t to, IoctlMemory& memory) {
  if (to == 0) return Errno(EINVAL);
  hd_geometry geometry = {};
  geometry.heads = disk.geometry().heads;
  geometry.sectors = disk.geometry().sectors;
  geometry.cylinders = static_cast<uint16_t>(std::min<uint64_t>(disk.geometry().cylinders, 65535));
  return Done(memory.Put(to, geometry));
}

ErrnoOr<int64_t> SetReadOnly(Disk& disk, uint64_t from, IoctlMemory& memory) {
  UMSDK_ASSIGN_OR_ERRNO(int read_only, memory.Get<int>(from));
  disk.set_read_only(read_only != 0);
  return int64_t{0};
}

ErrnoOr<int64_t> SetBlockSize(Disk& disk, uint64_t from, IoctlMemory& memory) {
  if (from == 0) return Errno(EINVAL);
  UMSDK_ASSIGN_OR_ERRNO(int size, memory.Get<int>(from));
  if (size < static_cast<int>(kSectorSize) || size > static_cast<int>(kPage) ||
      !std::has_single_bit(static_cast<unsigned>(size))) {
    return Errno(EINVAL);
  }
  disk.set_block_size(size);
  return int64_t{0};
}

// The argument is the number of sectors itself.
ErrnoOr<int64_t> SetReadAhead(Disk& disk, uint64_t sectors) {
  disk.set_read_ahead(sectors - sectors % (kPage / kSectorSize));
  return int64_t{0};
}

// The argument points to an offset and a length in bytes.
ErrnoOr<int64_t> Discard(Disk& disk, bool writable, uint64_t from, IoctlMemory& memory) {
  if (!writable) return Errno(EBADF);
  using Range = std::array<uint64_t, 2>;
  UMSDK_ASSIGN_OR_ERRNO(Range range, memory.Get<Range>(from));
  return Done(disk.Clear(range[0], range[1]));
}

}  // namespace

ErrnoOr<int64_t> BlockIoctl(Disk& disk, bool writable, uint64_t request, uint64_t argument,
                            IoctlMemory& memory) {
  uint32_t command = static_cast<uint32_t>(request);  // the kernel's ioctl takes an unsigned int
  for (const Getter& getter : kGetters) {
    if (getter.request == command) return Put(getter, disk, argument, memory);
  }
  switch (command) {
    case HDIO_GETGEO:
      return PutGeometry(disk, argument, memory);
    case BLKROSET:
      return SetReadOnly(disk, argument, memory);
    case BLKBSZSET:
      return SetBlockSize(disk, argument, memory);
    case BLKRASET:
    case BLKFRASET:
      return SetReadAhead(disk, argument);
    case BLKDISCARD:
    case BLKSECDISCARD:
    case BLKZEROOUT:
      return Discard(disk, writable, argument, memory);
    case BLKFLSBUF:  // memory has nothing behind it
      return int64_t{0};
    case BLKRRPART:
      if (!disk.partitioned()) return Errno(EINVAL);
      return int64_t{0};
    default:
      return Errno(ENOTTY);
  }
}

}  // namespace umsdk::umdev
