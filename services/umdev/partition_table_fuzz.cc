// A disk whose first and last sectors are the input; the rest of it is zeros. It is read as it is,
// and once more with good checksums in its GPT headers, which no fuzzer guesses.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <set>
#include <vector>

#include "services/umdev/partition_table.h"

namespace umsdk::umdev {
namespace {

constexpr uint64_t kSectors = uint64_t{1} << 21;
constexpr size_t kTailSectors = 40;  // room for a backup header and its entries

// How many sectors a reader may ask for at most.
constexpr uint64_t kMaxReads = 100000;

class InputDisk {
 public:
  explicit InputDisk(std::span<const uint8_t> input) : head_(input) {
    if (input.size() > kTailSectors * kSectorSize) tail_ = head_.last(kTailSectors * kSectorSize);
  }

  bool Read(uint64_t offset, std::span<char> out) {
    if (++reads_ > kMaxReads) std::abort();
    if (offset + out.size() > kSectors * kSectorSize) std::abort();
    std::memset(out.data(), 0, out.size());
    Copy(head_, 0, offset, out);
    Copy(tail_, kSectors * kSectorSize - tail_.size(), offset, out);
    return true;
  }

 private:
  // What of `bytes`, which stand at `at`, lies in `out`, which is the disk from `offset` on.
  // Inlined it makes gcc 12 see bounds that cannot be.
  [[gnu::noinline]] static void Copy(std::span<const uint8_t> bytes, uint64_t at, uint64_t offset,
                                     std::span<char> out) {
    uint64_t from = std::max(at, offset);
    uint64_t to = std::min(at + bytes.size(), offset + out.size());
    if (from < to) std::memcpy(out.data() + (from - offset), bytes.data() + (from - at), to - from);
  }

  const std::span<const uint8_t> head_;
  std::span<const uint8_t> tail_;
  uint64_t reads_ = 0;
};

void Check(std::span<const uint8_t> input) {
  InputDisk disk(input);
  SectorReader reader([&](uint64_t offset, std::span<char> out) { return disk.Read(offset, out); },
                      kSectors);
  std::set<int> numbers;
  for (const PartitionEntry& entry : ReadPartitionTable(reader)) {
    bool good = entry.number >= 1 && entry.number <= kMaxPartitions && entry.count > 0 &&
                entry.start < kSectors && entry.count <= kSectors - entry.start &&
                numbers.insert(entry.number).second;
    if (!good) std::abort();
  }
}

uint32_t Crc32(std::span<const uint8_t> bytes) {
  uint32_t crc = ~uint32_t{0};
  for (uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
  }
  return ~crc;
}

void Put32(uint8_t* at, uint32_t value) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<uint8_t>(value >> 8 * i);
}

// Puts right the checksums of a header at `at`, if one is there that says where its entries are.
void Seal(std::vector<uint8_t>& input, size_t at) {
  if (input.size() < at + kSectorSize || std::memcmp(&input[at], "EFI PART", 8) != 0) return;
  constexpr uint32_t kMaxEntries = 512;
  uint8_t* header = &input[at];
  uint32_t size = Get32(header + 12), count = std::min(Get32(header + 80), kMaxEntries);
  uint64_t entries = Get64(header + 72);
  if (size < 92 || size > kSectorSize || entries >= kSectors - kMaxEntries) return;
  std::vector<uint8_t> table(size_t{count} * 128);
  InputDisk(input).Read(entries * kSectorSize,
                        {reinterpret_cast<char*>(table.data()), table.size()});
  Put32(header + 88, Crc32(table));
  Put32(header + 16, 0);
  Put32(header + 16, Crc32({header, size}));
}

}  // namespace
}  // namespace umsdk::umdev

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace umsdk::umdev;
  Check({data, size});
  std::vector<uint8_t> sealed(data, data + size);
  Seal(sealed, kSectorSize);
  if (size % kSectorSize == 0 && size > kTailSectors * kSectorSize)
    Seal(sealed, size - kSectorSize);
  Check(sealed);
  return 0;
}
