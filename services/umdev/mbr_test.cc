// The MBR and its chains.
#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/umdev/fake_disk.h"
#include "services/umdev/partition_table.h"

namespace umsdk::umdev {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(MbrTest, EmptyDisksHaveNoPartitions) {
  FakeDisk disk;
  EXPECT_THAT(disk.Read(), IsEmpty());
  EXPECT_THAT(disk.Read(0), IsEmpty());
  EXPECT_THAT(disk.Read(1), IsEmpty());
}

TEST(MbrTest, PrimariesKeepTheirSlots) {
  FakeDisk disk;
  disk.PutSlot(0, 0, 0x83, 2048, 1000);
  disk.PutSlot(0, 3, 0x07, 50000, 100);
  EXPECT_THAT(disk.Read(),
              ElementsAre(PartitionEntry{1, 2048, 1000}, PartitionEntry{4, 50000, 100}));
  disk.Put<uint16_t>(0, 510, 0);
  EXPECT_THAT(disk.Read(), IsEmpty()) << "no signature";
}

TEST(MbrTest, AFatBootSectorIsNoTable) {
  FakeDisk disk;
  disk.PutSlot(0, 0, 0x83, 2048, 1000);
  disk.Put<uint8_t>(0, kMbrEntries + kMbrEntrySize, 0x6e);  // text in the boot flag
  EXPECT_THAT(disk.Read(), IsEmpty());
  disk.Put<uint8_t>(0, kMbrEntries + kMbrEntrySize, 0x80);
  EXPECT_THAT(disk.Read(), SizeIs(1));
}

TEST(MbrTest, ClampedAtBothEnds) {
  FakeDisk disk;
  disk.PutSlot(0, 0, 0x83, kSectors - 10, 1000);
  disk.PutSlot(0, 1, 0x83, kSectors, 1);
  disk.PutSlot(0, 2, 0x83, 0xffffffff, 0xffffffff);
  disk.PutSlot(0, 3, 0x83, 5, 0);
  EXPECT_THAT(disk.Read(), ElementsAre(PartitionEntry{1, kSectors - 10, 10}));
}

class ChainTest : public testing::TestWithParam<int> {};

TEST_P(ChainTest, LogicalsAreNumberedFromFive) {
  FakeDisk disk;
  auto type = static_cast<uint8_t>(GetParam());
  disk.PutSlot(0, 1, type, 10000, 50000);
  for (uint32_t i = 0; i < 20; ++i) {
    uint64_t here = 10000 + i * 1000;
    disk.PutSlot(here, 0, 0x83, 10, 500);
    if (i < 19) disk.PutSlot(here, 1, type, (i + 1) * 1000, 1000);
  }
  std::vector<PartitionEntry> entries = disk.Read();
  ASSERT_THAT(entries, SizeIs(21));
  EXPECT_EQ(entries[0], (PartitionEntry{2, 10000, 2})) << "room for a boot loader";
  EXPECT_EQ(entries[1], (PartitionEntry{5, 10010, 500}));
  EXPECT_EQ(entries[20], (PartitionEntry{24, 29010, 500}));
}

INSTANTIATE_TEST_SUITE_P(Types, ChainTest, testing::Values(0x05, 0x0f, 0x85));

TEST(HostileMbrTest, LoopsEnd) {
  FakeDisk disk;
  disk.PutSlot(0, 0, 0x05, 1000, 5000);
  disk.PutSlot(1000, 1, 0x05, 0, 5000);  // to itself, without a logical partition
  EXPECT_THAT(disk.Read(), SizeIs(1));
  EXPECT_EQ(disk.reads(), 2);
  disk.PutSlot(1000, 0, 0x83, 1, 1);  // and with one
  EXPECT_THAT(disk.Read(), ElementsAre(PartitionEntry{1, 1000, 2}, PartitionEntry{5, 1001, 1}));
}

TEST(HostileMbrTest, LongChainsEnd) {
  FakeDisk disk;
  disk.PutSlot(0, 0, 0x05, 1000, 90000);
  for (uint32_t i = 0; i < 5000; ++i) disk.PutSlot(1000 + i, 1, 0x05, i + 1, 1);
  EXPECT_THAT(disk.Read(), SizeIs(1)) << "5000 links to nothing";
  EXPECT_LT(disk.reads(), 200);
  for (uint32_t i = 0; i < 5000; ++i) disk.PutSlot(1000 + i, 0, 0x83, 10000, 1);
  EXPECT_EQ(disk.Read().back().number, kMaxPartitions);
  EXPECT_LT(disk.reads(), 1000);
}

TEST(HostileMbrTest, FourChainsShareTheNumbers) {
  FakeDisk disk;
  for (int i = 0; i < 4; ++i) disk.PutSlot(0, i, 0x0f, 1000, 5000);
  for (int i = 0; i < 4; ++i) disk.PutSlot(1000, i, i == 3 ? 0x05 : 0x83, 0, 5000);
  std::map<int, int> seen;
  for (const PartitionEntry& entry : disk.Read()) {
    EXPECT_EQ(++seen[entry.number], 1);
    EXPECT_LE(entry.number, kMaxPartitions);
  }
  EXPECT_LT(disk.reads(), 2000);
}

TEST(HostileMbrTest, ChainsThatLeadOutEnd) {
  FakeDisk disk;
  disk.PutSlot(0, 0, 0x05, 0xfffffff0, 0xffffffff);
  EXPECT_THAT(disk.Read(), IsEmpty());
  disk.PutSlot(0, 0, 0x05, 1000, 100);
  disk.PutSlot(1000, 0, 0x83, 0xffffffff, 0xffffffff);
  disk.PutSlot(1000, 1, 0x05, 0xffffffff, 1);
  disk.PutSlot(1000, 2, 0x83, 50, 51);  // garbage: not inside
  EXPECT_THAT(disk.Read(), SizeIs(1));
}

}  // namespace
}  // namespace umsdk::umdev
