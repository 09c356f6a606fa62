// GUID partition tables.
#include <algorithm>
#include <cstring>
#include <string>

#include "services/umdev/partition_table.h"

namespace umsdk::umdev {
namespace {

constexpr uint32_t kHeaderSize = 92;
constexpr uint32_t kEntrySize = 128;
constexpr uint64_t kMaxTableBytes = uint64_t{4} << 20;

// CRC-32 of IEEE 802.3, as UEFI has it.
uint32_t Crc32(const unsigned char* bytes, size_t size) {
  uint32_t crc = ~uint32_t{0};
  for (size_t i = 0; i < size; ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1)));
  }
  return ~crc;
}

struct Header {
  uint64_t entries_at = 0;
  uint32_t count = 0;
  uint32_t entries_crc = 0;
};

std::optional<Header> ParseHeader(Sector bytes, uint64_t at, uint64_t sectors) {
  const unsigned char* data = bytes.data();
  uint32_t size = Get32(data + 12);
  if (std::memcmp(data, "EFI PART", 8) != 0 || size < kHeaderSize) return std::nullopt;
#ifndef UMSDK_PLANTED_BUG  // what tools/fuzz --planted must find
  if (size > kSectorSize) return std::nullopt;
#endif
  uint32_t crc = Get32(data + 16);
  std::fill_n(bytes.begin() + 16, 4, 0);
  if (Crc32(data, size) != crc || Get64(data + 24) != at) return std::nullopt;
  uint64_t first_usable = Get64(data + 40), last_usable = Get64(data + 48);
  if (first_usable >= sectors || last_usable >= sectors || last_usable < first_usable)
    return std::nullopt;
  Header header{
      .entries_at = Get64(data + 72), .count = Get32(data + 80), .entries_crc = Get32(data + 88)};
  if (Get32(data + 84) != kEntrySize || uint64_t{header.count} * kEntrySize > kMaxTableBytes) {
    return std::nullopt;
  }
  return header;
}

bool IsUsed(const unsigned char* entry) {
  return std::any_of(entry, entry + 16, [](unsigned char byte) { return byte != 0; });
}

std::vector<PartitionEntry> Entries(const std::string& table, uint64_t sectors) {
  std::vector<PartitionEntry> entries;
  size_t count = std::min<size_t>(table.size() / kEntrySize, kMaxPartitions);
  for (size_t i = 0; i < count; ++i) {
    auto* entry = reinterpret_cast<const unsigned char*>(table.data()) + i * kEntrySize;
    uint64_t first = Get64(entry + 32), last = Get64(entry + 40);
    if (!IsUsed(entry) || first > last || last >= sectors) continue;
    entries.push_back({static_cast<int>(i) + 1, first, last - first + 1});
  }
  return entries;
}

std::optional<std::vector<PartitionEntry>> ReadAt(const SectorReader& reader, uint64_t at) {
  std::optional<Sector> sector = reader.Read(at);
  if (!sector) return std::nullopt;
  std::optional<Header> header = ParseHeader(*sector, at, reader.sectors());
  if (!header) return std::nullopt;
  std::string table(size_t{header->count} * kEntrySize, '\0');
  if (!reader.Read(header->entries_at, table)) return std::nullopt;
  auto* bytes = reinterpret_cast<const unsigned char*>(table.data());
  if (Crc32(bytes, table.size()) != header->entries_crc) return std::nullopt;
  return Entries(table, reader.sectors());
}

}  // namespace

// The backup is in the last sector, or, when the disk has grown since, where the first header says.
std::optional<std::vector<PartitionEntry>> ReadGpt(const SectorReader& reader) {
  if (auto entries = ReadAt(reader, 1)) return entries;
  if (reader.sectors() < 2) return std::nullopt;
  if (auto entries = ReadAt(reader, reader.sectors() - 1)) return entries;
  std::optional<Sector> first = reader.Read(1);
  if (!first || std::memcmp(first->data(), "EFI PART", 8) != 0) return std::nullopt;
  return ReadAt(reader, Get64(first->data() + 32));
}

}  // namespace umsdk::umdev
