// The disk and its two devices.
#include <fcntl.h>

#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "services/umdev/disk.h"
#include "services/umdev/ramdisk_device.h"
#include "services/umdev/test_support.h"
#include "services/umdev/trivhd_device.h"

namespace umsdk::umdev {
namespace {

constexpr uint64_t kCylinder = 16 * 16 * 512;

// What `create` makes of these options.
template <typename Create>
ErrnoOr<MadeDevice> Make(const Create& create, const DeviceOptions& options) {
  DeviceInfo info;
  info.block = true;
  info.mode = 0600;
  FakeContext context;
  MountRequest request;
  request.target = "/dev/rd";
  return create({info, options, request, context});
}

std::shared_ptr<Device> Ramdisk(DeviceOptions options) {
  ErrnoOr<MadeDevice> made = Make(CreateRamdiskDevice, options);
  EXPECT_TRUE(made.ok());
  return made->device;
}

std::shared_ptr<Device> Trivhd() {
  ErrnoOr<MadeDevice> made = Make(CreateTrivhdDevice, {});
  EXPECT_TRUE(made.ok());
  return made->device;
}

std::unique_ptr<DeviceFile> Open(Device& device) {
  ErrnoOr<std::unique_ptr<DeviceFile>> file = device.Open({.caller = {}, .flags = O_RDWR});
  EXPECT_TRUE(file.ok());
  return *std::move(file);
}

TEST(RamdiskTest, SizesAreRoundedUpToCylinders) {
  EXPECT_EQ(Ramdisk({})->info().size, uint64_t{65536} * 512);
  EXPECT_EQ(Ramdisk({.size = 1})->info().size, kCylinder);
  EXPECT_EQ(Ramdisk({.size = kCylinder})->info().size, kCylinder);
  EXPECT_EQ(Ramdisk({.size = kCylinder + 1})->info().size, 2 * kCylinder);
  EXPECT_EQ(Ramdisk({.size = uint64_t{100} << 20})->info().size, uint64_t{100} << 20);
}

TEST(RamdiskTest, GeometryGrowsWhenSixteenBitsAreTooFew) {
  DiskGeometry largest = GeometryForSize(65535 * kCylinder);
  EXPECT_EQ(largest.heads, 16);
  EXPECT_EQ(largest.cylinders, 65535u);
  DiskGeometry next = GeometryForSize(65535 * kCylinder + 1);
  EXPECT_EQ(next.heads, 128);
  EXPECT_EQ(next.sectors, 128);
  EXPECT_EQ(next.cylinders, 1024u);
}

TEST(RamdiskTest, IsABlockDeviceWithAnOffset) {
  DeviceInfo info = Ramdisk({})->info();
  EXPECT_TRUE(info.block);
  EXPECT_TRUE(info.seekable);
  EXPECT_EQ(info.mode, mode_t{0600});
}

TEST(RamdiskTest, ImpossibleSizesAreRefused) {
  EXPECT_THAT(Make(CreateRamdiskDevice, {.size = uint64_t{1} << 62}), FailsWith(ENOMEM));
  EXPECT_THAT(Make(CreateRamdiskDevice, {.size = ~uint64_t{0} >> 1}), FailsWith(ENOMEM));
}

TEST(RamdiskTest, OpensShareTheBytes) {
  std::shared_ptr<Device> device = Ramdisk({});
  std::unique_ptr<DeviceFile> writer = Open(*device);
  std::unique_ptr<DeviceFile> reader = Open(*device);
  EXPECT_THAT(writer->Write(1000, std::string("hello")), Gives(5));
  std::string seen(5, '?');
  EXPECT_THAT(reader->Read(1000, seen), Gives(5));
  EXPECT_EQ(seen, "hello");
  device.reset();  // a lazy umount: the open file works on
  EXPECT_THAT(reader->Read(1000, seen), Gives(5));
}

TEST(RamdiskTest, ReadOnlyFromTheStart) {
  std::shared_ptr<Device> device = Ramdisk({.read_only = true});
  EXPECT_THAT(Open(*device)->Write(0, std::string("x")), FailsWith(EPERM));
}

TEST(RamdiskTest, ManyThreadsOnTheirOwnPlaces) {
  std::shared_ptr<Device> device = Ramdisk({});
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&device, thread] {
      std::unique_ptr<DeviceFile> file = Open(*device);
      const std::string bytes(700, static_cast<char>('a' + thread));
      for (int i = 0; i < 200; ++i) {
        uint64_t offset = (i * 8 + thread) * bytes.size();
        EXPECT_THAT(file->Write(offset, bytes), Gives(bytes.size()));
        std::string seen(bytes.size(), '?');
        EXPECT_THAT(file->Read(offset, seen), Gives(bytes.size()));
        EXPECT_EQ(seen, bytes);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(TrivhdTest, HoldsOneHundredAndTwentyEightRecords) {
  std::shared_ptr<Device> device = Trivhd();
  EXPECT_EQ(device->info().size, 65536u);
  std::unique_ptr<DeviceFile> file = Open(*device);
  const std::string record(512, 'x');
  for (uint64_t i = 0; i < 128; ++i) ASSERT_THAT(file->Write(i * 512, record), Gives(512));
  EXPECT_THAT(file->Write(65536, record), FailsWith(ENOSPC));
}

TEST(TrivhdTest, ClampsAtTheEnd) {
  std::shared_ptr<Device> device = Trivhd();
  std::unique_ptr<DeviceFile> file = Open(*device);
  EXPECT_THAT(file->Write(65530, std::string("0123456789")), Gives(6));
  std::string seen(10, '?');
  EXPECT_THAT(file->Read(65528, seen), Gives(8));
  EXPECT_EQ(seen, std::string("\0\0"
                              "012345??",
                              10));
  EXPECT_THAT(file->Read(65536, seen), Gives(0));
  EXPECT_THAT(file->Read(~uint64_t{0}, seen), Gives(0));
  EXPECT_THAT(file->Write(~uint64_t{0}, seen), FailsWith(ENOSPC));
  EXPECT_THAT(file->Write(65536, std::string()), Gives(0));
}

TEST(TrivhdTest, EachHasItsOwnStorage) {
  std::shared_ptr<Device> one = Trivhd();
  std::shared_ptr<Device> other = Trivhd();
  EXPECT_THAT(Open(*one)->Write(0, std::string("x")), Gives(1));
  std::string seen(1, '?');
  EXPECT_THAT(Open(*other)->Read(0, seen), Gives(1));
  EXPECT_EQ(seen, std::string(1, '\0'));
}

TEST(DiskTest, ImpossibleGeometriesAreRefused) {
  EXPECT_THAT(Disk::CreateInMemory({.geometry = {.heads = 0, .sectors = 16, .cylinders = 1}}),
              FailsWith(EINVAL));
  EXPECT_THAT(Disk::CreateInMemory({.geometry = {.heads = 16, .sectors = 16, .cylinders = 0}}),
              FailsWith(EINVAL));
  EXPECT_THAT(Disk::CreateInMemory({.geometry = {.cylinders = ~uint64_t{0}}}), FailsWith(ENOMEM));
}

}  // namespace
}  // namespace umsdk::umdev
