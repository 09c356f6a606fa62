#include "services/umdev/partition_table.h"

#include <algorithm>
#include <cstring>

namespace umsdk::umdev {

uint16_t Get16(const unsigned char* at) { return static_cast<uint16_t>(at[0] | at[1] << 8); }
uint32_t Get32(const unsigned char* at) {
  return Get16(at) | static_cast<uint32_t>(Get16(at + 2)) << 16;
}
uint64_t Get64(const unsigned char* at) {
  return Get32(at) | static_cast<uint64_t>(Get32(at + 4)) << 32;
}

bool SectorReader::Read(uint64_t sector, std::span<char> out) const {
  uint64_t count = (out.size() + kSectorSize - 1) / kSectorSize;
  if (sector >= sectors_ || count > sectors_ - sector) return false;
  return read_at_(sector * kSectorSize, out);
}

std::optional<Sector> SectorReader::Read(uint64_t sector) const {
  Sector bytes;
  if (!Read(sector, {reinterpret_cast<char*>(bytes.data()), bytes.size()})) return std::nullopt;
  return bytes;
}

std::vector<PartitionEntry> ReadPartitionTable(const SectorReader& reader) {
  std::optional<Sector> mbr = reader.Read(0);
  if (!mbr || !HasMbrSignature(*mbr)) return {};
  std::vector<PartitionEntry> entries;
  switch (GptClaimOf(*mbr)) {
    case GptClaim::kNone:
      entries = ReadMbr(reader, *mbr);
      break;
    case GptClaim::kProtective:
      // Without a good GPT no partitions, rather than one over everything.
      entries = ReadGpt(reader).value_or(std::vector<PartitionEntry>());
      break;
    case GptClaim::kHidden:
      break;
  }
  std::erase_if(entries, [&](const PartitionEntry& entry) {
    return entry.count == 0 || entry.start >= reader.sectors();
  });
  for (PartitionEntry& entry : entries) {
    entry.count = std::min(entry.count, reader.sectors() - entry.start);
  }
  return entries;
}

}  // namespace umsdk::umdev
