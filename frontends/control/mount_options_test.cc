#include "frontends/control/mount_options.h"

#include <gtest/gtest.h>
#include <sys/mount.h>

namespace umsdk::frontends {
namespace {

TEST(MountOptionsTest, GenericOnesBecomeFlags) {
  MountOptions options = SplitMountOptions("ro,nosuid,noexec,remount");
  EXPECT_EQ(options.flags,
            static_cast<unsigned long>(MS_RDONLY | MS_NOSUID | MS_NOEXEC | MS_REMOUNT));
  EXPECT_EQ(options.rest, "");
}

TEST(MountOptionsTest, TheRestIsTheFileSystems) {
  EXPECT_EQ(SplitMountOptions("size=1M,,ro,mbr,defaults").rest, "size=1M,mbr");
  EXPECT_EQ(SplitMountOptions("rox,ro=1").rest, "rox,ro=1");
  EXPECT_EQ(SplitMountOptions("").rest, "");
}

TEST(MountOptionsTest, TheLastOneCounts) {
  EXPECT_EQ(SplitMountOptions("ro,rw").flags, 0u);
  EXPECT_EQ(SplitMountOptions("rw,ro").flags, static_cast<unsigned long>(MS_RDONLY));
  EXPECT_EQ(SplitMountOptions("relatime,strictatime").flags,
            static_cast<unsigned long>(MS_STRICTATIME));
}

TEST(MountOptionsTest, QuotesKeepCommas) {
  EXPECT_EQ(SplitMountOptions("context=\"a,ro\",x").rest, "context=\"a,ro\",x");
  EXPECT_EQ(SplitMountOptions("context=\"a,ro\"").flags, 0u);
}

}  // namespace
}  // namespace umsdk::frontends
