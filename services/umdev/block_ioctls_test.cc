#include "services/umdev/block_ioctls.h"

#include <linux/blkpg.h>
#include <linux/blkzoned.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <linux/hdreg.h>
#include <sys/ioctl.h>

#include <array>
#include <memory>

#include "gtest/gtest.h"
#include "services/umdev/ramdisk_device.h"
#include "services/umdev/test_support.h"

namespace umsdk::umdev {
namespace {

constexpr uint64_t kSize = uint64_t{32} << 20;
constexpr uint64_t kAt = FakeMemory::kAddress;

class BlockIoctlTest : public testing::Test {
 protected:
  static std::shared_ptr<Volume> MakeDisk() {
    ErrnoOr<std::shared_ptr<Disk>> disk =
        Disk::CreateInMemory({.geometry = GeometryForSize(kSize)});
    EXPECT_TRUE(disk.ok());
    return std::make_shared<Volume>(*std::move(disk));
  }
  ErrnoOr<int64_t> Ask(uint64_t request, uint64_t argument, bool writable = true) {
    return BlockIoctl({.volume = *disk_, .writable = writable}, request, argument, memory_);
  }
  // Asks for a number of type T, and checks that no other byte was written.
  template <typename T>
  T GetNumber(uint64_t request) {
    FakeMemory memory;
    EXPECT_THAT(BlockIoctl({.volume = *disk_}, request, kAt, memory), Gives(0));
    EXPECT_EQ(memory.written(), sizeof(T)) << request;
    return memory.Take<T>();
  }
  using Range = std::array<uint64_t, 2>;

  std::shared_ptr<Volume> disk_ = MakeDisk();
  FakeMemory memory_;
};

TEST_F(BlockIoctlTest, SizesHaveTheKernelsWidthsAndUnits) {
  EXPECT_EQ(GetNumber<unsigned long>(BLKGETSIZE), kSize / 512);
  EXPECT_EQ(GetNumber<uint64_t>(BLKGETSIZE64), kSize);
  EXPECT_EQ(GetNumber<int>(BLKSSZGET), 512);
  EXPECT_EQ(GetNumber<unsigned>(BLKPBSZGET), 512u);
  EXPECT_EQ(GetNumber<int>(BLKBSZGET), 4096);
  EXPECT_EQ(GetNumber<unsigned>(BLKIOMIN), 512u);
  EXPECT_EQ(GetNumber<unsigned>(BLKIOOPT), 0u);
  EXPECT_EQ(GetNumber<int>(BLKALIGNOFF), 0);
  EXPECT_EQ(GetNumber<int>(BLKROGET), 0);
  EXPECT_EQ(GetNumber<long>(BLKRAGET), 256);
  EXPECT_EQ(GetNumber<long>(BLKFRAGET), 256);
  EXPECT_EQ(GetNumber<unsigned>(BLKDISCARDZEROES), 0u);
  EXPECT_EQ(GetNumber<unsigned short>(BLKROTATIONAL), 0);
  EXPECT_EQ(GetNumber<unsigned short>(BLKSECTGET), 2560);
  EXPECT_EQ(GetNumber<unsigned>(BLKGETZONESZ), 0u);
  EXPECT_EQ(GetNumber<unsigned>(BLKGETNRZONES), 0u);
}

TEST_F(BlockIoctlTest, GeometryMultipliesToTheSize) {
  hd_geometry geometry = GetNumber<hd_geometry>(HDIO_GETGEO);
  EXPECT_EQ(geometry.heads, 16);
  EXPECT_EQ(geometry.sectors, 16);
  EXPECT_EQ(geometry.cylinders, 256);
  EXPECT_EQ(geometry.start, 0u);
  EXPECT_THAT(Ask(HDIO_GETGEO, 0), FailsWith(EINVAL));
}

TEST_F(BlockIoctlTest, ReadOnlyIsEnforced) {
  memory_.Place(1);
  EXPECT_THAT(Ask(BLKROSET, kAt), Gives(0));
  EXPECT_EQ(GetNumber<int>(BLKROGET), 1);
  EXPECT_THAT(disk_->Write(0, std::string("x")), FailsWith(EPERM));
  memory_.Place(Range{0, 512});
  EXPECT_THAT(Ask(BLKDISCARD, kAt), FailsWith(EPERM));
  memory_.Place(0);
  EXPECT_THAT(Ask(BLKROSET, kAt), Gives(0));
  EXPECT_THAT(disk_->Write(0, std::string("x")), Gives(1));
}

TEST_F(BlockIoctlTest, BlockSizeIsAPowerOfTwoFromASectorToAPage) {
  for (int size : {512, 1024, 2048, 4096}) {
    memory_.Place(size);
    EXPECT_THAT(Ask(BLKBSZSET, kAt), Gives(0));
    EXPECT_EQ(GetNumber<int>(BLKBSZGET), size);
  }
  for (int size : {0, -512, 256, 513, 8192}) {
    memory_.Place(size);
    EXPECT_THAT(Ask(BLKBSZSET, kAt), FailsWith(EINVAL)) << size;
  }
  EXPECT_THAT(Ask(BLKBSZSET, 0), FailsWith(EINVAL));
  EXPECT_EQ(GetNumber<int>(BLKBSZGET), 4096);
}

TEST_F(BlockIoctlTest, ReadAheadIsTheArgumentItself) {
  EXPECT_THAT(Ask(BLKRASET, 1000), Gives(0));
  EXPECT_EQ(GetNumber<long>(BLKRAGET), 1000);
  EXPECT_THAT(Ask(BLKFRASET, 15), Gives(0));  // whole pages
  EXPECT_EQ(GetNumber<long>(BLKFRAGET), 8);
  EXPECT_EQ(GetNumber<long>(BLKRAGET), 8);
}

TEST_F(BlockIoctlTest, DiscardsMakeZeros) {
  for (uint64_t request : {BLKDISCARD, BLKZEROOUT, BLKSECDISCARD}) {
    ASSERT_THAT(disk_->Write(0, std::string(2048, 'x')), Gives(2048));
    memory_.Place(Range{512, 1024});
    EXPECT_THAT(Ask(request, kAt), Gives(0));
    std::string seen(2048, '?');
    ASSERT_THAT(disk_->Read(0, seen), Gives(2048));
    EXPECT_EQ(seen, std::string(512, 'x') + std::string(1024, '\0') + std::string(512, 'x'));
    memory_.Place(Range{0, kSize});
    EXPECT_THAT(Ask(request, kAt), Gives(0));
  }
}

TEST_F(BlockIoctlTest, BadDiscardsAreRefused) {
  ASSERT_THAT(disk_->Write(0, std::string(1024, 'x')), Gives(1024));
  for (uint64_t request : {BLKDISCARD, BLKZEROOUT, BLKSECDISCARD}) {
    for (Range range :
         {Range{1, 512}, Range{0, 511}, Range{0, 0}, Range{kSize, 512}, Range{kSize - 512, 1024},
          Range{0, kSize + 512}, Range{512, ~uint64_t{511}}, Range{~uint64_t{511}, 512}}) {
      memory_.Place(range);
      EXPECT_THAT(Ask(request, kAt), FailsWith(EINVAL)) << range[0] << " " << range[1];
    }
    memory_.Place(Range{0, 512});
    EXPECT_THAT(Ask(request, kAt, /*writable=*/false), FailsWith(EBADF));
    EXPECT_THAT(Ask(request, 8), FailsWith(EFAULT));
  }
  std::string seen(1024, '?');
  ASSERT_THAT(disk_->Read(0, seen), Gives(1024));
  EXPECT_EQ(seen, std::string(1024, 'x'));
}

TEST_F(BlockIoctlTest, OnlyAPartitionedDiskRereadsItsTable) {
  EXPECT_THAT(Ask(BLKRRPART, 0), FailsWith(EINVAL));
}

TEST_F(BlockIoctlTest, ConfiguringIsForTheOwner) {
  BlockTarget stranger{.volume = *disk_, .writable = true, .may_configure = false};
  memory_.Place(1024);
  for (uint64_t request :
       {uint64_t{BLKROSET}, uint64_t{BLKBSZSET}, uint64_t{BLKRASET}, uint64_t{BLKFRASET},
        uint64_t{BLKFLSBUF}, uint64_t{BLKRRPART}, uint64_t{BLKPG}}) {
    EXPECT_THAT(BlockIoctl(stranger, request, kAt, memory_), FailsWith(EACCES)) << request;
  }
  EXPECT_THAT(BlockIoctl(stranger, BLKGETSIZE64, kAt, memory_), Gives(0));
}

TEST_F(BlockIoctlTest, EachDiskHasItsSequenceNumber) {
  constexpr uint64_t kGetDiskSequence = _IOR(0x12, 128, uint64_t);
  auto first = GetNumber<uint64_t>(kGetDiskSequence);
  disk_ = MakeDisk();
  EXPECT_GT(GetNumber<uint64_t>(kGetDiskSequence), first);
}

TEST_F(BlockIoctlTest, FlushingIsFree) { EXPECT_THAT(Ask(BLKFLSBUF, 0), Gives(0)); }

TEST_F(BlockIoctlTest, BadAddressesAreEfault) {
  for (uint64_t request : {uint64_t{BLKGETSIZE}, uint64_t{BLKGETSIZE64}, uint64_t{BLKSSZGET},
                           uint64_t{BLKROTATIONAL}, uint64_t{BLKROGET}, uint64_t{BLKROSET}}) {
    EXPECT_THAT(Ask(request, 0), FailsWith(EFAULT)) << request;
  }
  EXPECT_THAT(Ask(HDIO_GETGEO, 8), FailsWith(EFAULT));
  EXPECT_THAT(Ask(BLKBSZSET, 8), FailsWith(EFAULT));
}

TEST_F(BlockIoctlTest, OthersAreNotADisks) {
  for (uint64_t request : {uint64_t{CDROM_GET_CAPABILITY}, uint64_t{TCGETS}, uint64_t{FIONREAD},
                           uint64_t{HDIO_GET_IDENTITY}, uint64_t{0}, ~uint64_t{0}}) {
    EXPECT_THAT(Ask(request, kAt), FailsWith(ENOTTY)) << request;
  }
}

TEST_F(BlockIoctlTest, OnlyTheLowHalfOfTheRequestCounts) {
  EXPECT_THAT(Ask(BLKSSZGET | (uint64_t{0xffffffff} << 32), kAt), Gives(0));
  EXPECT_EQ(memory_.Take<int>(), 512);
}

}  // namespace
}  // namespace umsdk::umdev
