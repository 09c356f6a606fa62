// GUID partition tables.
#include <algorithm>
#include <cstring>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/umdev/fake_disk.h"
#include "services/umdev/partition_table.h"

namespace umsdk::umdev {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

uint32_t Crc32(const std::string& bytes) {
  uint32_t crc = ~uint32_t{0};
  for (unsigned char byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
  }
  return ~crc;
}

// A table with two partitions of 100 sectors: number 1 from sector 1000 on, number 5 from 2000 on.
class GptTest : public testing::Test {
 protected:
  void SetUp() override {
    disk_.PutSlot(0, 0, 0xee, 1, 0xffffffff);
    PutHeader(1, kSectors - 1, 2, kCount);
    PutHeader(kSectors - 1, 1, kSectors - 33, kCount);
  }
  void PutEntry(uint64_t table, size_t index, uint64_t first, uint64_t last) {
    uint64_t sector = table + index / 4;
    size_t at = index % 4 * 128;
    disk_.Put<uint64_t>(sector, at, 0x1122334455667788);
    disk_.Put<uint64_t>(sector, at + 32, first);
    disk_.Put<uint64_t>(sector, at + 40, last);
  }
  // Writes the header and its entries with good checksums.
  void PutHeader(uint64_t at, uint64_t other, uint64_t table, uint32_t count,
                 uint32_t entry_size = 128) {
    PutEntry(table, 0, 1000, 1099);
    PutEntry(table, 4, 2000, 2099);
    std::string entries;
    for (uint64_t i = 0; i < (uint64_t{count} * 128 + 511) / 512 && i < 64; ++i)
      entries += disk_.At(table + i);
    entries.resize(std::min<size_t>(entries.size(), size_t{count} * 128));
    disk_.At(at) = std::string("EFI PART\0\0\1\0\x5c\0\0\0", 16);
    disk_.Put<uint64_t>(at, 24, at);
    disk_.Put<uint64_t>(at, 32, other);
    disk_.Put<uint64_t>(at, 40, 34);
    disk_.Put<uint64_t>(at, 48, kSectors - 34);
    disk_.Put<uint64_t>(at, 72, table);
    disk_.Put<uint32_t>(at, 80, count);
    disk_.Put<uint32_t>(at, 84, entry_size);
    disk_.Put<uint32_t>(at, 88, Crc32(entries));
    Sign(at);
  }
  void Sign(uint64_t at) {
    disk_.Put<uint32_t>(at, 16, 0);
    disk_.Put<uint32_t>(at, 16, Crc32(disk_.At(at).substr(0, 92)));
  }
  static auto Both() {
    return ElementsAre(PartitionEntry{1, 1000, 100}, PartitionEntry{5, 2000, 100});
  }

  static constexpr uint32_t kCount = 128;
  FakeDisk disk_;
};

TEST_F(GptTest, ReadsTheFirstHeader) { EXPECT_THAT(disk_.Read(), Both()); }

TEST_F(GptTest, TakesTheBackupWhenTheFirstIsBad) {
  disk_.Put<char>(1, 60, 'x');  // the checksum
  EXPECT_THAT(disk_.Read(), Both());
  disk_.At(1) = "";
  EXPECT_THAT(disk_.Read(), Both());
  disk_.Put<char>(kSectors - 1, 60, 'x');
  EXPECT_THAT(disk_.Read(), IsEmpty()) << "never the protective entry itself";
}

TEST_F(GptTest, TakesTheBackupWhenTheFirstEntriesAreBad) {
  disk_.Put<char>(3, 40, 'x');
  EXPECT_THAT(disk_.Read(), Both());
}

TEST_F(GptTest, FindsTheBackupOfADiskThatHasGrown) {
  disk_.Put<char>(3, 40, 'x');
  EXPECT_THAT(disk_.Read(kSectors + 5000), Both());
}

TEST_F(GptTest, AProtectiveEntryElsewhereHidesAll) {
  disk_.PutSlot(0, 0, 0xee, 2, 100);
  disk_.PutSlot(0, 1, 0x83, 1000, 100);
  EXPECT_THAT(disk_.Read(), IsEmpty());
  disk_.PutSlot(0, 2, 0xee, 1, 100);
  EXPECT_THAT(disk_.Read(), Both());
}

TEST_F(GptTest, EntriesOutsideTheDiskAreNotThere) {
  EXPECT_THAT(disk_.Read(2050), IsEmpty()) << "last usable sector behind the end";
  PutEntry(2, 1, kSectors - 1, kSectors);
  PutEntry(2, 2, 500, 499);
  PutEntry(2, 3, 0, ~uint64_t{0});
  PutHeader(1, kSectors - 1, 2, kCount);
  EXPECT_THAT(disk_.Read(), Both());
}

TEST_F(GptTest, HostileHeadersAreRefused) {
  disk_.At(kSectors - 1) = "";
  for (uint32_t size : {0u, 1u, 127u, 256u, 0xffffffffu}) {
    PutHeader(1, kSectors - 1, 2, kCount, size);
    EXPECT_THAT(disk_.Read(), IsEmpty()) << "entry size " << size;
  }
  for (uint32_t count : {0x8001u, 0xffffffffu}) {
    PutHeader(1, kSectors - 1, 2, count);
    EXPECT_THAT(disk_.Read(), IsEmpty()) << count << " entries";
  }
  for (uint32_t size : {0u, 91u, 513u, 0xffffffffu}) {
    PutHeader(1, kSectors - 1, 2, kCount);
    disk_.Put<uint32_t>(1, 12, size);
    Sign(1);
    EXPECT_THAT(disk_.Read(), IsEmpty()) << "header size " << size;
  }
  for (uint64_t table : {kSectors, kSectors - 31, ~uint64_t{0}}) {
    PutHeader(1, kSectors - 1, 2, kCount);
    disk_.Put<uint64_t>(1, 72, table);
    Sign(1);
    EXPECT_THAT(disk_.Read(), IsEmpty()) << "entries at " << table;
  }
  PutHeader(1, kSectors - 1, 2, kCount);
  disk_.Put<uint64_t>(1, 24, 2);
  Sign(1);
  EXPECT_THAT(disk_.Read(), IsEmpty()) << "another sector's header";
  PutHeader(1, kSectors - 1, 2, 0);
  EXPECT_THAT(disk_.Read(), IsEmpty()) << "a good table without entries";
}

}  // namespace
}  // namespace umsdk::umdev
