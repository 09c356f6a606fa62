#include "services/umdev/umdev_service.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/mount.h>

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/umdev/test_support.h"

namespace umsdk {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using umdev::FailsWith;
using umdev::FakeMemory;
using umdev::Gives;

constexpr int kLargeFile = 0100000;  // what the kernel's O_LARGEFILE is; glibc's is 0

class UmdevServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<std::unique_ptr<Service>> service = CreateUmdevService("");
    ASSERT_TRUE(service.ok()) << service.status();
    service_ = *std::move(service);
    ASSERT_TRUE(service_->OnStart(host_).ok());
  }
  ErrnoOr<Mounted> TryMount(const std::string& type, const std::string& options,
                            unsigned long flags = 0) {
    umdev::FakeContext context;
    return service_->OnMount(
        context,
        {.source = "none", .target = "/dev/x", .type = type, .flags = flags, .options = options});
  }
  std::shared_ptr<Device> Mount(const std::string& type, const std::string& options,
                                unsigned long flags = 0) {
    ErrnoOr<Mounted> mounted = TryMount(type, options, flags);
    EXPECT_TRUE(mounted.ok()) << type << " " << options;
    return mounted.ok() ? mounted->device : nullptr;
  }
  static std::unique_ptr<DeviceFile> Open(Device& device, int flags) {
    ErrnoOr<std::unique_ptr<DeviceFile>> file =
        device.Open({.caller = {}, .flags = flags | kLargeFile});
    EXPECT_TRUE(file.ok());
    return *std::move(file);
  }

  umdev::FakeHost host_;
  std::unique_ptr<Service> service_;
};

TEST_F(UmdevServiceTest, SaysWhoItIs) {
  EXPECT_EQ(service_->name(), "umdev");
  EXPECT_EQ(service_->description(), "umdev");
  EXPECT_EQ(service_->code(), 0x04);
  Claims claims = service_->claims();
  ASSERT_EQ(claims.size(), 1u);
  EXPECT_EQ(claims[0].kind(), Claim::Kind::kFsType);
  EXPECT_EQ(claims[0].text(), "umdev");
}

TEST_F(UmdevServiceTest, TakesNoArguments) {
  EXPECT_TRUE(absl::IsInvalidArgument(CreateUmdevService("x").status()));
}

TEST_F(UmdevServiceTest, UnknownSubmodulesAreEnodev) {
  for (const char* type : {"umdev", "umdevnul", "umdevnull2", "umdevtape", ""}) {
    EXPECT_THAT(TryMount(type, ""), FailsWith(ENODEV)) << type;
  }
  EXPECT_THAT(host_.lines(), IsEmpty());
}

TEST_F(UmdevServiceTest, AMountIsALeaf) {
  ErrnoOr<Mounted> mounted = TryMount("umdevnull", "");
  ASSERT_TRUE(mounted.ok());
  EXPECT_TRUE(mounted->traits.leaf);
  EXPECT_EQ(mounted->file_system, nullptr);
  EXPECT_NE(mounted->device, nullptr);
}

TEST_F(UmdevServiceTest, ABadOptionIsReportedOnce) {
  EXPECT_THAT(TryMount("umdevnull", "mode=9,uid=x"), FailsWith(EINVAL));
  EXPECT_THAT(TryMount("umdevtrivhd", "size=1M"), FailsWith(EINVAL));
  EXPECT_THAT(TryMount("umdevnull", "mbr"), FailsWith(EINVAL));
  EXPECT_THAT(host_.lines(), ElementsAre("umdevnull: bad option \"mode=9\": octal, 0 to 7777",
                                         "umdevtrivhd: size=, mbr and gpt are for umdevramdisk",
                                         "umdevnull: size=, mbr and gpt are for umdevramdisk"));
}

TEST_F(UmdevServiceTest, TooLargeADiskIsReported) {
  EXPECT_THAT(TryMount("umdevramdisk", "size=4294967296G"), FailsWith(ENOMEM));
  EXPECT_THAT(host_.lines(), ElementsAre(HasSubstr("size=4294967296G: Cannot allocate memory")));
}

// The seed: crw------- 0 render render 0, 0 Jan  1  1970 null
TEST_F(UmdevServiceTest, NullNode) {
  DeviceInfo info = Mount("umdevnull", "")->info();
  EXPECT_FALSE(info.block);
  EXPECT_EQ(info.mode, mode_t{0600});
  EXPECT_EQ(info.uid, uid_t{1000});
  EXPECT_EQ(info.gid, gid_t{100});
  EXPECT_EQ(info.major, 0u);
  EXPECT_EQ(info.minor, 0u);
  EXPECT_EQ(info.size, 0u);
  EXPECT_EQ(info.time.tv_sec, 0);
}

// The seed's transcript of `cat /dev/urandom > null`.
TEST_F(UmdevServiceTest, NullPrintsItsRequests) {
  std::shared_ptr<Device> null = Mount("umdevnull", "");
  {
    std::unique_ptr<DeviceFile> file = Open(*null, O_WRONLY);
    EXPECT_THAT(file->Write(0, std::string(4096, 'x')), Gives(4096));
    EXPECT_THAT(file->Write(0, std::string(4096, 'x')), Gives(4096));
  }
  EXPECT_THAT(host_.lines(), ElementsAre("null_open c 0 0 flag 8001", "null_write c 0 0 len 4096",
                                         "null_write c 0 0 len 4096", "null_release c 0 0 flag 0"));
}

TEST_F(UmdevServiceTest, NullPrintsItsOwnNumbers) {
  std::shared_ptr<Device> null = Mount("umdevnull", "block,major=7,minor=12");
  {
    std::unique_ptr<DeviceFile> file = Open(*null, O_RDONLY);
    std::string buffer(77, '?');
    EXPECT_THAT(file->Read(0, buffer), Gives(0));
    FakeMemory memory;
    EXPECT_THAT(file->Ioctl(BLKSSZGET, FakeMemory::kAddress, memory), FailsWith(ENOTTY));
    EXPECT_TRUE(file->Fsync().ok());
  }
  EXPECT_THAT(host_.lines(), ElementsAre("null_open b 7 12 flag 8000", "null_read b 7 12 len 77",
                                         "null_release b 7 12 flag 0"));
}

TEST_F(UmdevServiceTest, DebugTracesTheOthersToo) {
  std::shared_ptr<Device> disk = Mount("umdevramdisk", "debug");
  {
    std::unique_ptr<DeviceFile> file = Open(*disk, O_RDWR);
    FakeMemory memory;
    EXPECT_THAT(file->Ioctl(BLKSSZGET, FakeMemory::kAddress, memory), Gives(0));
    EXPECT_THAT(file->Write(0, std::string(512, 'x')), Gives(512));
  }
  EXPECT_THAT(host_.lines(),
              ElementsAre("ramdisk_open b 0 0 flag 8002", "ramdisk_ioctl b 0 0 request 1268",
                          "ramdisk_write b 0 0 len 512", "ramdisk_release b 0 0 flag 0"));
}

TEST_F(UmdevServiceTest, WithoutDebugTheOthersAreSilent) {
  std::shared_ptr<Device> disk = Mount("umdevtrivhd", "");
  EXPECT_THAT(Open(*disk, O_RDWR)->Write(0, std::string(512, 'x')), Gives(512));
  EXPECT_THAT(host_.lines(), IsEmpty());
}

TEST_F(UmdevServiceTest, EachMountHasItsOwnStorage) {
  std::shared_ptr<Device> one = Mount("umdevramdisk", "size=100M,mbr");
  std::shared_ptr<Device> other = Mount("umdevramdisk", "size=100M,mbr");
  EXPECT_EQ(one->info().size, uint64_t{100} << 20);
  EXPECT_THAT(Open(*one, O_RDWR)->Write(0, std::string("x")), Gives(1));
  std::string seen(1, '?');
  EXPECT_THAT(Open(*other, O_RDONLY)->Read(0, seen), Gives(1));
  EXPECT_EQ(seen[0], '\0');
}

TEST_F(UmdevServiceTest, AReadOnlyMountIsAReadOnlyDisk) {
  std::shared_ptr<Device> disk = Mount("umdevramdisk", "", MS_RDONLY);
  EXPECT_THAT(Open(*disk, O_RDWR)->Write(0, std::string("x")), FailsWith(EPERM));
}

TEST_F(UmdevServiceTest, ChangedAttributesAreKept) {
  for (const char* type : {"umdevnull", "umdevtrivhd", "umdevramdisk"}) {
    std::shared_ptr<Device> device = Mount(type, "");
    const uint64_t size = device->info().size;
    SetAttrRequest change;
    change.mode = S_IFREG | 0664;
    EXPECT_TRUE(device->SetAttr({}, change).ok());
    EXPECT_EQ(device->info().mode, mode_t{0664}) << type;
    change = {};
    change.uid = 5;
    change.gid = 6;
    change.mtime = timespec{.tv_sec = 7, .tv_nsec = 8};
    EXPECT_TRUE(device->SetAttr({}, change).ok());
    EXPECT_EQ(device->info().mode, mode_t{0664}) << type;
    EXPECT_EQ(device->info().uid, uid_t{5}) << type;
    EXPECT_EQ(device->info().gid, gid_t{6}) << type;
    EXPECT_EQ(device->info().time.tv_sec, 7) << type;
    change = {};
    change.size = 1;
    EXPECT_THAT(device->SetAttr({}, change), FailsWith(EINVAL)) << type;
    EXPECT_EQ(device->info().size, size) << type;
  }
}

}  // namespace
}  // namespace umsdk
