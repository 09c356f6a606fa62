// A service's own file accesses: devices over images on real ground, on a virtual file system and
// on other devices.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/nesting/nesting_test_base.h"

namespace umsdk {
namespace {

using HostFilesTest = NestingTest;

TEST_F(HostFilesTest, ARealImage) {
  std::ofstream(dir_ + "/image") << "0123456789";
  Run([&](Files& files) {
    ASSERT_EQ(files.Mount("umloop", files.At("image"), "dev"), 0);
    EXPECT_EQ(files.Read("dev", 64), "0123456789");
    files.Write("dev", "AB", O_WRONLY);
    ASSERT_EQ(files.Unmount("dev"), 0);
  });
  EXPECT_EQ(RealFile("image"), "AB23456789");
}

TEST_F(HostFilesTest, ARelativeSourceStartsAtTheGuestsWorkingDirectory) {
  std::ofstream(dir_ + "/image") << "abc";
  Run([&](Files& files) {
    std::string before = std::filesystem::current_path();
    ASSERT_EQ(files.Call(SYS_chdir, dir_.c_str()), 0);
    EXPECT_EQ(files.Mount("umloop", "image", "dev"), 0);
    EXPECT_EQ(files.Mount("umloop", "./../nothing", "dev"), -ENOENT);
    ASSERT_EQ(files.Call(SYS_chdir, before.c_str()), 0);
    EXPECT_EQ(files.Read("dev", 64), "abc");
  });
}

TEST_F(HostFilesTest, AnImageOnAVirtualFileSystemIsSharedWithGuests) {
  Run([&](Files& files) {
    ASSERT_EQ(files.MakeDir("ram"), 0);
    ASSERT_EQ(files.Mount("umramfs", "none", "ram"), 0);
    files.Write("ram/image", "0123456789");
    int image = files.Open("ram/image", O_RDWR);
    ASSERT_GE(image, 0);
    ASSERT_EQ(files.Mount("umloop", files.At("ram/image"), "dev"), 0);
    files.Write("dev", "AB", O_WRONLY);
    char bytes[4] = {};
    EXPECT_EQ(files.Call(SYS_pread64, image, bytes, 3, 0), 3);
    EXPECT_STREQ(bytes, "AB2");
    EXPECT_EQ(files.Call(SYS_pwrite64, image, "xyz", 3, 4), 3);
    files.Close(image);
    EXPECT_EQ(files.Read("dev", 64), "AB23xyz789");
  });
}

TEST_F(HostFilesTest, AnImageInUseKeepsItsMountBusy) {
  Run([&](Files& files) {
    ASSERT_EQ(files.MakeDir("ram"), 0);
    ASSERT_EQ(files.Mount("umramfs", "none", "ram"), 0);
    files.Write("ram/image", "0123456789");
    ASSERT_EQ(files.Mount("umloop", files.At("ram/image"), "dev"), 0);
    EXPECT_EQ(files.Unmount("ram"), -EBUSY);
    ASSERT_EQ(files.Unmount("dev"), 0);
    EXPECT_EQ(files.Unmount("ram"), 0);
  });
}

TEST_F(HostFilesTest, ADeviceOnADevice) {
  Run([&](Files& files) {
    ASSERT_EQ(files.Mount("umdevramdisk", "none", "disk", "size=1M"), 0);
    ASSERT_EQ(files.Mount("umloop", files.At("disk"), "one"), 0);
    ASSERT_EQ(files.Mount("umloop", files.At("one"), "two"), 0);
    files.Write("two", "through three", O_WRONLY);
    EXPECT_EQ(files.Read("disk", 13), "through three");
    int fd = files.Open("two", O_RDONLY);
    uint64_t size = 0;
    EXPECT_EQ(files.Call(SYS_ioctl, fd, BLKGETSIZE64, &size), 0);
    EXPECT_EQ(size, uint64_t{1} << 20);
    files.Close(fd);
    EXPECT_EQ(files.Unmount("disk"), -EBUSY);
    EXPECT_EQ(files.Unmount("one"), -EBUSY);
    EXPECT_EQ(files.Unmount("two"), 0);
    EXPECT_EQ(files.Unmount("one"), 0);
    EXPECT_EQ(files.Unmount("disk"), 0);
  });
}

TEST_F(HostFilesTest, LaterMountsAreNotSeen) {
  Run([&](Files& files) {
    ASSERT_EQ(files.MakeDir("d"), 0);
    files.Write("d/image", "real");
    ASSERT_EQ(files.Mount("umloop", files.At("d/image"), "before", "late"), 0);
    ASSERT_EQ(files.Mount("umramfs", "none", "d"), 0);
    files.Write("d/image", "virtual");
    ASSERT_EQ(files.Mount("umloop", files.At("d/image"), "after", "late"), 0);
    EXPECT_EQ(files.Read("before", 64), "real");
    EXPECT_EQ(files.Read("after", 64), "virtual");
  });
}

TEST_F(HostFilesTest, ADeviceOverItsOwnPathCannotLoop) {
  std::ofstream(dir_ + "/image") << "real";
  Run([&](Files& files) {
    ASSERT_EQ(files.Mount("umloop", files.At("image"), "image", "late"), 0);
    EXPECT_EQ(files.Read("image", 64), "real");
    // Two that name each other: the older one sees no device there, the younger one the older.
    ASSERT_EQ(files.Mount("umloop", files.At("b"), "a", "late"), 0);
    ASSERT_EQ(files.Mount("umloop", files.At("a"), "b", "late"), 0);
    EXPECT_EQ(files.Read("a", 64), "errno No such file or directory");
    EXPECT_EQ(files.Read("b", 64), "errno No such file or directory");
    // By way of a descriptor that leads to the device itself.
    int fd = files.Open("image", O_RDONLY);
    std::string self = "/proc/self/fd/" + std::to_string(fd);
    ASSERT_EQ(files.Mount("umloop", self, "c", "late"), 0);
    EXPECT_EQ(files.Read("c", 64), "real");
    files.Close(fd);
    constexpr int kNumber = 900;
    ASSERT_EQ(files.Mount("umloop", "/proc/self/fd/" + std::to_string(kNumber), "e", "late"), 0);
    int own = files.Open("e", O_PATH);
    ASSERT_GE(own, 0);
    ASSERT_EQ(files.Call(SYS_dup2, own, kNumber), kNumber);
    EXPECT_EQ(files.Read("e", 64), "errno Too many levels of symbolic links");
    files.Close(kNumber);
    files.Close(own);
  });
}

TEST_F(HostFilesTest, WhatIsNoImageIsRefused) {
  ASSERT_EQ(::mkfifo((dir_ + "/fifo").c_str(), 0666), 0);
  Run([&](Files& files) {
    EXPECT_EQ(files.Mount("umloop", files.At("missing"), "dev"), -ENOENT);
    EXPECT_EQ(files.Mount("umloop", files.At("fifo"), "dev"), -EINVAL);
    EXPECT_EQ(files.Mount("umloop", dir_, "dev"), -EISDIR);
    EXPECT_EQ(files.Mount("umloop", "/dev/null", "dev"), -EINVAL);
    EXPECT_EQ(files.Mount("umloop", "", "dev"), -ENOENT);
    ASSERT_EQ(files.MakeDir("ram"), 0);
    ASSERT_EQ(files.Mount("umramfs", "none", "ram"), 0);
    EXPECT_EQ(files.Mount("umloop", files.At("ram"), "dev"), -EISDIR);
    EXPECT_EQ(files.Mount("umloop", files.At("ram/missing"), "dev"), -ENOENT);
  });
}

TEST_F(HostFilesTest, WithoutNestingOnlyRealFilesAreSeen) {
  ASSERT_TRUE(std::filesystem::create_directory(dir_ + "/d"));
  std::ofstream(dir_ + "/d/image") << "real";
  Run(
      [&](Files& files) {
        ASSERT_EQ(files.Mount("umramfs", "none", "d"), 0);
        files.Write("d/image", "virtual");
        files.Write("d/other", "virtual");
        ASSERT_EQ(files.Mount("umloop", files.At("d/image"), "dev"), 0);
        EXPECT_EQ(files.Read("dev", 64), "real");
        EXPECT_EQ(files.Mount("umloop", files.At("d/other"), "dev2"), -ENOENT);
      },
      false);
}

}  // namespace
}  // namespace umsdk
