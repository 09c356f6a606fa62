// Reading partition tables, as the kernel reads them (block/partitions/msdos.c, efi.c).
#ifndef SERVICES_UMDEV_PARTITION_TABLE_H_
#define SERVICES_UMDEV_PARTITION_TABLE_H_

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "services/umdev/storage.h"

namespace umsdk::umdev {

// Linux gives a disk no more minor numbers.
inline constexpr int kMaxPartitions = 255;

// In sectors.
struct PartitionEntry {
  int number = 0;  // from 1 on
  uint64_t start = 0;
  uint64_t count = 0;
  bool operator==(const PartitionEntry&) const = default;
};

using Sector = std::array<unsigned char, kSectorSize>;

// Reads whole sectors; false: they are not there or cannot be read.
class SectorReader {
 public:
  using ReadAt = std::function<bool(uint64_t offset, std::span<char> out)>;
  SectorReader(ReadAt read_at, uint64_t sectors)
      : read_at_(std::move(read_at)), sectors_(sectors) {}

  uint64_t sectors() const { return sectors_; }
  std::optional<Sector> Read(uint64_t sector) const;
  bool Read(uint64_t sector, std::span<char> out) const;

 private:
  const ReadAt read_at_;
  const uint64_t sectors_;
};

// All partitions that the disk's table names, GPT before MBR, cut off at the end of the disk. A
// table that is damaged, or none, names fewer or none: whatever the bytes are, the answer comes
// after a bounded number of reads.
std::vector<PartitionEntry> ReadPartitionTable(const SectorReader& reader);

// Little-endian fields.
uint16_t Get16(const unsigned char* at);
uint32_t Get32(const unsigned char* at);
uint64_t Get64(const unsigned char* at);

// The parts of the above, not clamped. `mbr` is sector 0.
inline constexpr size_t kMbrEntries = 446, kMbrEntrySize = 16, kMbrSlots = 4;
bool HasMbrSignature(const Sector& mbr);
// What entries of type 0xee, which no MBR shows as partitions, say: kProtective is one that starts in
// sector 1, where the first header of a GPT is. Elsewhere it hides all and stands for nothing.
enum class GptClaim { kNone, kHidden, kProtective };
GptClaim GptClaimOf(const Sector& mbr);
std::vector<PartitionEntry> ReadMbr(const SectorReader& reader, const Sector& mbr);
// nullopt: neither header is good.
std::optional<std::vector<PartitionEntry>> ReadGpt(const SectorReader& reader);

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_PARTITION_TABLE_H_
