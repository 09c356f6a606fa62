#include "frontends/ramfs_options.h"

#include <gtest/gtest.h>

namespace umsdk::frontends {
namespace {

TEST(RamfsOptionsTest, Defaults) {
  auto options = ParseRamfsOptions("");
  ASSERT_TRUE(options.ok());
  EXPECT_FALSE(options->size.has_value());
  EXPECT_EQ(options->mode, 01777u);
  EXPECT_FALSE(options->uid.has_value());
  EXPECT_FALSE(options->read_only);
}

TEST(RamfsOptionsTest, ReadsThemAll) {
  auto options = ParseRamfsOptions("size=64M,mode=0750,,uid=1000,gid=5,ro");
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->size, 64u << 20);
  EXPECT_EQ(options->mode, 0750u);
  EXPECT_EQ(options->uid, 1000u);
  EXPECT_EQ(options->gid, 5u);
  EXPECT_TRUE(options->read_only);
  EXPECT_EQ(ParseRamfsOptions("size=3k")->size, 3072u);
  EXPECT_EQ(ParseRamfsOptions("size=12")->size, 12u);
}

TEST(RamfsOptionsTest, RefusesTheRest) {
  for (const char* text : {"size=", "size=0", "size=1t", "size=9999999999999g", "size=-1", "mode=8",
                           "mode=10000", "uid=4294967295", "uid=", "gid=x", "ro=1", "bogus"}) {
    EXPECT_FALSE(ParseRamfsOptions(text).ok()) << text;
  }
  EXPECT_EQ(ParseRamfsOptions("rw,mode=8").status().message(),
            "umramfs: bad option 'mode=8' (size=N[kmg], mode=OCTAL, uid=N, gid=N, ro, rw)");
}

}  // namespace
}  // namespace umsdk::frontends
