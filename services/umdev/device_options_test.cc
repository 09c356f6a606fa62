#include "services/umdev/device_options.h"

#include <string>

#include "gtest/gtest.h"

namespace umsdk::umdev {
namespace {

DeviceOptions Parse(const std::string& text) {
  absl::StatusOr<DeviceOptions> options = ParseDeviceOptions(text);
  EXPECT_TRUE(options.ok()) << text << ": " << options.status();
  return options.value_or(DeviceOptions());
}

std::string ErrorOf(const std::string& text) {
  return std::string(ParseDeviceOptions(text).status().message());
}

TEST(DeviceOptionsTest, NothingGivenLeavesTheDefaults) {
  for (const char* text : {"", ",", "rw", ",,rw,"}) {
    DeviceOptions options = Parse(text);
    EXPECT_FALSE(options.debug || options.read_only || options.partitioned) << text;
    EXPECT_FALSE(options.block || options.mode || options.uid || options.gid || options.size)
        << text;
    EXPECT_EQ(options.major, 0u);
    EXPECT_EQ(options.minor, 0u);
  }
}

TEST(DeviceOptionsTest, EveryOptionIsStored) {
  DeviceOptions options =
      Parse("debug,block,major=4095,minor=1048575,mode=4640,uid=7,gid=8,size=9,mbr,ro");
  EXPECT_TRUE(options.debug);
  EXPECT_TRUE(options.read_only);
  EXPECT_TRUE(options.partitioned);
  EXPECT_EQ(options.block, true);
  EXPECT_EQ(options.major, 4095u);
  EXPECT_EQ(options.minor, 1048575u);
  EXPECT_EQ(options.mode, mode_t{04640});
  EXPECT_EQ(options.uid, uid_t{7});
  EXPECT_EQ(options.gid, gid_t{8});
  EXPECT_EQ(options.size, uint64_t{9 * 512});
}

TEST(DeviceOptionsTest, CharAndAnyMinor) {
  DeviceOptions options = Parse("char,minor=any,char");
  EXPECT_EQ(options.block, false);
  EXPECT_EQ(options.minor, 0u);
}

TEST(DeviceOptionsTest, SizesHaveUnits) {
  EXPECT_EQ(Parse("size=1").size, uint64_t{512});
  EXPECT_EQ(Parse("size=3k").size, uint64_t{3} << 10);
  EXPECT_EQ(Parse("size=3K").size, uint64_t{3} << 10);
  EXPECT_EQ(Parse("size=100M").size, uint64_t{100} << 20);
  EXPECT_EQ(Parse("size=100m").size, uint64_t{100} << 20);
  EXPECT_EQ(Parse("size=5g").size, uint64_t{5} << 30);
  EXPECT_EQ(Parse("size=5G").size, uint64_t{5} << 30);
  EXPECT_EQ(Parse("size=8589934591G").size, uint64_t{8589934591} << 30);
}

TEST(DeviceOptionsTest, TheMessageNamesTheBadOption) {
  EXPECT_EQ(ErrorOf("debug,size=abc"), "bad option \"size=abc\": a count of sectors, or N[kKmMgG]");
  EXPECT_EQ(ErrorOf("mode=8"), "bad option \"mode=8\": octal, 0 to 7777");
  EXPECT_EQ(ErrorOf("char,block"), "bad option \"block\": char and block exclude each other");
  EXPECT_EQ(ErrorOf("mbr=1"), "bad option \"mbr=1\": it takes no value");
  EXPECT_EQ(ErrorOf("nonsense=1"), "unknown option \"nonsense=1\"");
}

TEST(DeviceOptionsTest, BadOptionsAreRefused) {
  for (const char* text : {"x",
                           "=",
                           "=1",
                           "Debug",
                           "debug=",
                           "major",
                           "major=",
                           "major=4096",
                           "major=-1",
                           "major=1x",
                           "minor=1048576",
                           "minor=ANY",
                           "minor= 1",
                           "mode=10000",
                           "mode=",
                           "mode=0x1",
                           "uid=root",
                           "uid=4294967295",
                           "gid=",
                           "gid=99999999999999999999",
                           "size",
                           "size=",
                           "size=0",
                           "size=k",
                           "size=0M",
                           "size=1kk",
                           "size=1T",
                           "size=-1",
                           "size=1.5M",
                           "size=8589934592G",
                           "size=18446744073709551615",
                           "size=99999999999999999999",
                           "block,char"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseDeviceOptions(text).status())) << text;
  }
}

TEST(DeviceOptionsTest, ANodeBelongsToWhoMountsIt) {
  Caller caller;
  caller.uid = 1000;
  caller.gid = 100;
  DeviceInfo info = MakeDeviceInfo(Parse(""), caller, true);
  EXPECT_TRUE(info.block);
  EXPECT_EQ(info.mode, mode_t{0600});
  EXPECT_EQ(info.uid, uid_t{1000});
  EXPECT_EQ(info.gid, gid_t{100});
  info = MakeDeviceInfo(Parse("char,mode=0,uid=0,gid=0,major=1,minor=2"), caller, true);
  EXPECT_FALSE(info.block);
  EXPECT_EQ(info.mode, mode_t{0});
  EXPECT_EQ(info.uid, uid_t{0});
  EXPECT_EQ(info.gid, gid_t{0});
  EXPECT_EQ(info.major, 1u);
  EXPECT_EQ(info.minor, 2u);
}

}  // namespace
}  // namespace umsdk::umdev
