// FakeDisk: a disk whose sectors a test of the partition tables writes.
#ifndef SERVICES_UMDEV_FAKE_DISK_H_
#define SERVICES_UMDEV_FAKE_DISK_H_

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "services/umdev/partition_table.h"

namespace umsdk::umdev {

inline constexpr uint64_t kSectors = 100000;

// A sparse disk in sectors.
class FakeDisk {
 public:
  std::string& At(uint64_t sector) {
    std::string& bytes = sectors_[sector];
    bytes.resize(kSectorSize, '\0');
    return bytes;
  }
  template <typename T>
  void Put(uint64_t sector, size_t offset, T value) {
    std::memcpy(At(sector).data() + offset, &value, sizeof(value));
  }
  void PutSlot(uint64_t sector, int slot, uint8_t type, uint32_t start, uint32_t count) {
    size_t at = kMbrEntries + static_cast<size_t>(slot) * kMbrEntrySize;
    Put<uint8_t>(sector, at + 4, type);
    Put<uint32_t>(sector, at + 8, start);
    Put<uint32_t>(sector, at + 12, count);
    Put<uint16_t>(sector, 510, 0xaa55);
  }
  std::vector<PartitionEntry> Read(uint64_t sectors = kSectors) {
    return ReadPartitionTable(SectorReader(
        [&](uint64_t offset, std::span<char> out) {
          ++reads_;
          for (size_t i = 0; i < out.size(); i += kSectorSize) {
            auto it = sectors_.find((offset + i) / kSectorSize);
            size_t count = std::min<size_t>(kSectorSize, out.size() - i);
            std::memset(out.data() + i, 0, count);
            if (it != sectors_.end()) std::memcpy(out.data() + i, it->second.data(), count);
          }
          return true;
        },
        sectors));
  }
  int reads() const { return reads_; }

 private:
  std::map<uint64_t, std::string> sectors_;
  int reads_ = 0;
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_FAKE_DISK_H_
