// A disk whose first and last sectors are the input; the rest of it is zeros.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <set>

#include "services/umdev/partition_table.h"

namespace umsdk::umdev {
namespace {

constexpr uint64_t kSectors = uint64_t{1} << 21;
constexpr size_t kTailSectors = 40;  // room for a backup header and its entries

// How many sectors a reader may ask for at most.
constexpr uint64_t kMaxReads = 100000;

class InputDisk {
 public:
  InputDisk(const uint8_t* data, size_t size) : head_(data, size) {
    if (size > kTailSectors * kSectorSize) tail_ = head_.last(kTailSectors * kSectorSize);
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
  static void Copy(std::span<const uint8_t> bytes, uint64_t at, uint64_t offset,
                   std::span<char> out) {
    for (size_t i = 0; i < out.size(); ++i) {
      uint64_t position = offset + i;
      if (position >= at && position - at < bytes.size())
        out[i] = static_cast<char>(bytes[position - at]);
    }
  }

  const std::span<const uint8_t> head_;
  std::span<const uint8_t> tail_;
  uint64_t reads_ = 0;
};

}  // namespace
}  // namespace umsdk::umdev

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace umsdk::umdev;
  InputDisk disk(data, size);
  SectorReader reader([&](uint64_t offset, std::span<char> out) { return disk.Read(offset, out); },
                      kSectors);
  std::set<int> numbers;
  for (const PartitionEntry& entry : ReadPartitionTable(reader)) {
    bool good = entry.number >= 1 && entry.number <= kMaxPartitions && entry.count > 0 &&
                entry.start < kSectors && entry.count <= kSectors - entry.start &&
                numbers.insert(entry.number).second;
    if (!good) std::abort();
  }
  return 0;
}
