#include "services/umdev/partitions.h"

#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/fs.h>
#include <linux/hdreg.h>

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/umdev/block_ioctls.h"
#include "services/umdev/disk_device.h"
#include "services/umdev/test_support.h"

namespace umsdk::umdev {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr uint64_t kMiB = uint64_t{1} << 20;

// A disk of 16 MiB and its node.
class PartitionsTest : public testing::Test {
 protected:
  void SetUp() override {
    ErrnoOr<std::shared_ptr<Disk>> disk = Disk::CreateInMemory(
        {.geometry = {.heads = 16, .sectors = 16, .cylinders = 128}, .partitioned = true});
    ASSERT_TRUE(disk.ok());
    whole_ = std::make_shared<Volume>(*disk);
    partitions_ = std::make_shared<Partitions>(*disk, "p", [](std::shared_ptr<Volume> volume) {
      return std::make_shared<DiskDevice>(DeviceInfo{.block = true}, std::move(volume));
    });
  }
  // One slot of the MBR, in MiB.
  void PutSlot(int slot, uint32_t start, uint32_t count) {
    uint32_t fields[2] = {start * 2048, count * 2048};
    std::string entry(16, '\0');
    entry[4] = '\x83';
    std::memcpy(entry.data() + 8, fields, sizeof(fields));
    ASSERT_THAT(whole_->Write(446 + 16 * slot, entry), Gives(16));
    ASSERT_THAT(whole_->Write(510, std::string("\x55\xaa")), Gives(2));
  }
  ErrnoOr<int64_t> Ask(uint64_t request, uint64_t argument) {
    return BlockIoctl({.volume = *whole_, .partitions = partitions_.get(), .writable = true},
                      request, argument, memory_);
  }
  // BLKPG.
  ErrnoOr<int64_t> Change(int operation, int number, int64_t start, int64_t length) {
    IoctlPage page;
    page.wanted.start = start;
    page.wanted.length = length;
    page.wanted.pno = number;
    page.wrapper.op = operation;
    page.wrapper.data = reinterpret_cast<void*>(IoctlPage::kAt + offsetof(IoctlPage, wanted));
    PageMemory memory(page);
    return BlockIoctl({.volume = *whole_, .partitions = partitions_.get()}, BLKPG, IoctlPage::kAt,
                      memory);
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const DevicePart& part : partitions_->parts()->Get()) names.push_back(part.suffix);
    return names;
  }
  std::unique_ptr<DeviceFile> Open(size_t index) {
    ErrnoOr<std::unique_ptr<DeviceFile>> file =
        partitions_->parts()->Get().at(index).device->Open({.caller = {}, .flags = O_RDWR});
    EXPECT_TRUE(file.ok());
    return *std::move(file);
  }

  struct IoctlPage {
    static constexpr uint64_t kAt = 0x2000;
    blkpg_ioctl_arg wrapper = {};
    blkpg_partition wanted = {};
  };
  class PageMemory final : public IoctlMemory {
   public:
    explicit PageMemory(const IoctlPage& page) : page_(page) {}
    ErrnoOrOk Read(uint64_t address, std::span<char> out) override {
      if (address < IoctlPage::kAt || address + out.size() > IoctlPage::kAt + sizeof(page_))
        return Errno(EFAULT);
      std::memcpy(out.data(), reinterpret_cast<const char*>(&page_) + (address - IoctlPage::kAt),
                  out.size());
      return {};
    }
    ErrnoOrOk Write(uint64_t, std::span<const char>) override { return Errno(EFAULT); }

   private:
    const IoctlPage& page_;
  };

  std::shared_ptr<Volume> whole_;
  std::shared_ptr<Partitions> partitions_;
  FakeMemory memory_;
};

TEST_F(PartitionsTest, FollowTheTable) {
  EXPECT_THAT(Ask(BLKRRPART, 0), Gives(0));
  EXPECT_THAT(Names(), IsEmpty());
  PutSlot(0, 1, 4);
  PutSlot(2, 8, 4);
  EXPECT_THAT(Names(), IsEmpty()) << "not before somebody says so";
  EXPECT_THAT(Ask(BLKRRPART, 0), Gives(0));
  EXPECT_THAT(Names(), ElementsAre("p1", "p3"));
  EXPECT_EQ(partitions_->parts()->Get()[0].device->info().size, 4 * kMiB);
  PutSlot(0, 0, 0);
  EXPECT_THAT(Ask(BLKRRPART, 0), Gives(0));
  EXPECT_THAT(Names(), ElementsAre("p3"));
}

TEST_F(PartitionsTest, AreWindowsClampedAtBothEnds) {
  PutSlot(0, 1, 4);
  ASSERT_THAT(Ask(BLKRRPART, 0), Gives(0));
  ASSERT_THAT(whole_->Write(kMiB - 1, std::string("<")), Gives(1));
  ASSERT_THAT(whole_->Write(5 * kMiB, std::string(">")), Gives(1));
  std::unique_ptr<DeviceFile> part = Open(0);
  EXPECT_THAT(part->Write(0, std::string("first")), Gives(5));
  EXPECT_THAT(part->Write(4 * kMiB - 4, std::string("last+more")), Gives(4));
  EXPECT_THAT(part->Write(4 * kMiB, std::string("x")), FailsWith(ENOSPC));
  EXPECT_THAT(part->Write(~uint64_t{0}, std::string("x")), FailsWith(ENOSPC));
  std::string seen(6, '?');
  EXPECT_THAT(part->Read(4 * kMiB - 4, seen), Gives(4));
  EXPECT_THAT(part->Read(4 * kMiB, seen), Gives(0));
  EXPECT_THAT(whole_->Read(kMiB - 1, seen), Gives(6));
  EXPECT_EQ(seen, "<first");
  seen = "??????";
  EXPECT_THAT(whole_->Read(5 * kMiB - 4, seen), Gives(6));
  EXPECT_EQ(seen, std::string("last>\0", 6));
}

TEST_F(PartitionsTest, TellTheirOwnPlaceAndSize) {
  PutSlot(0, 1, 4);
  ASSERT_THAT(Ask(BLKRRPART, 0), Gives(0));
  std::unique_ptr<DeviceFile> part = Open(0);
  EXPECT_THAT(part->Ioctl(BLKGETSIZE, FakeMemory::kAddress, memory_), Gives(0));
  EXPECT_EQ(memory_.Take<unsigned long>(), 8192u);
  EXPECT_THAT(part->Ioctl(HDIO_GETGEO, FakeMemory::kAddress, memory_), Gives(0));
  EXPECT_EQ(memory_.Take<hd_geometry>().start, 2048u);
  EXPECT_THAT(part->Ioctl(BLKRRPART, 0, memory_), FailsWith(EINVAL));
}

TEST_F(PartitionsTest, OpenOnesAreBusy) {
  PutSlot(0, 1, 4);
  PutSlot(1, 8, 4);
  ASSERT_THAT(Ask(BLKRRPART, 0), Gives(0));
  std::unique_ptr<DeviceFile> part = Open(1);
  PutSlot(0, 0, 0);
  EXPECT_THAT(Ask(BLKRRPART, 0), FailsWith(EBUSY));
  EXPECT_THAT(Names(), ElementsAre("p1", "p2"));
  EXPECT_THAT(Change(BLKPG_DEL_PARTITION, 2, 0, 0), FailsWith(EBUSY));
  EXPECT_THAT(Change(BLKPG_DEL_PARTITION, 1, 0, 0), Gives(0));
  EXPECT_THAT(part->Write(0, std::string("x")), Gives(1));
  part.reset();
  EXPECT_THAT(Ask(BLKRRPART, 0), Gives(0));
  EXPECT_THAT(Names(), ElementsAre("p2"));
}

TEST_F(PartitionsTest, OnesThatStayKeepTheirDevice) {
  PutSlot(0, 1, 4);
  ASSERT_THAT(Ask(BLKRRPART, 0), Gives(0));
  std::shared_ptr<Device> before = partitions_->parts()->Get()[0].device;
  ASSERT_THAT(Ask(BLKRRPART, 0), Gives(0));
  EXPECT_EQ(partitions_->parts()->Get()[0].device, before);
  PutSlot(0, 1, 5);
  ASSERT_THAT(Ask(BLKRRPART, 0), Gives(0));
  EXPECT_NE(partitions_->parts()->Get()[0].device, before);
  EXPECT_THAT(before->Open({.caller = {}, .flags = O_RDWR}), FailsWith(ENXIO)) << "a late open";
}

TEST_F(PartitionsTest, BlkpgHasTheKernelsRules) {
  const int64_t size = 16 * kMiB;
  EXPECT_THAT(Change(BLKPG_ADD_PARTITION, 1, kMiB, kMiB), Gives(0));
  EXPECT_THAT(Change(BLKPG_ADD_PARTITION, 1, 4 * kMiB, kMiB), FailsWith(EBUSY));
  EXPECT_THAT(Change(BLKPG_ADD_PARTITION, 2, kMiB + 512, 512), FailsWith(EBUSY));
  EXPECT_THAT(Change(BLKPG_ADD_PARTITION, 2, 2 * kMiB, size - 2 * kMiB), Gives(0));
  EXPECT_THAT(Names(), ElementsAre("p1", "p2"));
  for (int number : {0, -1, 256}) {
    EXPECT_THAT(Change(BLKPG_ADD_PARTITION, number, 512, 512), FailsWith(EINVAL)) << number;
  }
  EXPECT_THAT(Change(BLKPG_ADD_PARTITION, 3, 1, 512), FailsWith(EINVAL));
  EXPECT_THAT(Change(BLKPG_ADD_PARTITION, 3, 512, 100), FailsWith(EINVAL));
  EXPECT_THAT(Change(BLKPG_ADD_PARTITION, 3, -512, 512), FailsWith(EINVAL));
  EXPECT_THAT(Change(BLKPG_ADD_PARTITION, 3, size, 512), FailsWith(EINVAL));
  EXPECT_THAT(Change(BLKPG_ADD_PARTITION, 3, INT64_MAX - 511, 1024), FailsWith(EINVAL));
  EXPECT_THAT(Change(77, 3, 512, 512), FailsWith(EINVAL));
  EXPECT_THAT(Change(BLKPG_DEL_PARTITION, 9, 0, 0), FailsWith(ENXIO));
}

TEST_F(PartitionsTest, ResizingAnOpenOneWorks) {
  ASSERT_THAT(Change(BLKPG_ADD_PARTITION, 1, kMiB, kMiB), Gives(0));
  ASSERT_THAT(Change(BLKPG_ADD_PARTITION, 2, 4 * kMiB, kMiB), Gives(0));
  std::unique_ptr<DeviceFile> part = Open(0);
  EXPECT_THAT(part->Write(kMiB, std::string("x")), FailsWith(ENOSPC));
  EXPECT_THAT(Change(BLKPG_RESIZE_PARTITION, 1, kMiB, 2 * kMiB), Gives(0));
  EXPECT_THAT(part->Write(kMiB, std::string("x")), Gives(1));
  EXPECT_THAT(Change(BLKPG_RESIZE_PARTITION, 1, kMiB, 4 * kMiB), FailsWith(EBUSY));
  EXPECT_THAT(Change(BLKPG_RESIZE_PARTITION, 1, 2 * kMiB, kMiB), FailsWith(EINVAL));
  EXPECT_THAT(Change(BLKPG_RESIZE_PARTITION, 3, kMiB, kMiB), FailsWith(ENXIO));
}

TEST_F(PartitionsTest, AReadOnlyDiskMakesThemReadOnly) {
  ASSERT_THAT(Change(BLKPG_ADD_PARTITION, 1, kMiB, kMiB), Gives(0));
  std::unique_ptr<DeviceFile> part = Open(0);
  memory_.Place(1);
  EXPECT_THAT(part->Ioctl(BLKROSET, FakeMemory::kAddress, memory_), Gives(0));
  EXPECT_THAT(part->Write(0, std::string("x")), FailsWith(EPERM));
  EXPECT_THAT(whole_->Write(0, std::string("x")), Gives(1)) << "one partition only";
  memory_.Place(0);
  EXPECT_THAT(part->Ioctl(BLKROSET, FakeMemory::kAddress, memory_), Gives(0));
  EXPECT_THAT(part->Write(0, std::string("x")), Gives(1));
  whole_->set_read_only(true);
  EXPECT_THAT(part->Write(0, std::string("x")), FailsWith(EPERM));
}

TEST_F(PartitionsTest, BlkpgArgumentsAreChecked) {
  EXPECT_THAT(Ask(BLKPG, 8), FailsWith(EFAULT));
  EXPECT_THAT(Ask(BLKPG, FakeMemory::kAddress), FailsWith(EFAULT)) << "data points nowhere";
}

}  // namespace
}  // namespace umsdk::umdev
