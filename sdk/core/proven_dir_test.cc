#include "sdk/core/proven_dir.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace umsdk {
namespace {

class ProvenDirTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/proven.XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    top_ = pattern;
    std::filesystem::create_directory(dir());
    struct statx found;
    if (!ProvenDir::Look(dir(), found)) GTEST_SKIP() << "statx(2) tells no mount ids";
    proven_.Set(found);
  }
  void TearDown() override { std::filesystem::remove_all(top_); }

  std::string dir() const { return top_ + "/dir"; }
  // The path leads to the directory that was proven.
  bool Leads(const std::string& path) const {
    struct statx found;
    return ProvenDir::Look(path, found) && proven_.Is(found);
  }

  std::string top_;
  ProvenDir proven_;
};

TEST_F(ProvenDirTest, NothingIsProvenAtFirst) {
  struct statx found;
  ASSERT_TRUE(ProvenDir::Look(dir(), found));
  EXPECT_FALSE(ProvenDir().Is(found));
  EXPECT_TRUE(proven_.Is(found));
}

TEST_F(ProvenDirTest, AnotherDirectoryAtThePathIsNoticed) {
  std::filesystem::rename(dir(), top_ + "/away");
  EXPECT_FALSE(Leads(dir()));  // nothing is there
  std::filesystem::create_directory(dir());
  EXPECT_FALSE(Leads(dir()));
  std::filesystem::remove(dir());
  std::filesystem::create_directory(top_ + "/other");
  std::filesystem::create_directory_symlink(top_ + "/other", dir());
  EXPECT_FALSE(Leads(dir()));
  std::filesystem::remove(dir());
  std::filesystem::rename(top_ + "/away", dir());
  EXPECT_TRUE(Leads(dir()));
}

TEST_F(ProvenDirTest, WhatItHoldsDoesNotMatter) {
  std::filesystem::create_directory(dir() + "/more");
  std::filesystem::permissions(dir(), std::filesystem::perms::owner_all);
  EXPECT_TRUE(Leads(dir()));
}

TEST_F(ProvenDirTest, TheSameNumberOnAnotherMountOrDeviceIsAnother) {
  struct statx found;
  ASSERT_TRUE(ProvenDir::Look(dir(), found));
  struct statx mount = found, major = found, minor = found, inode = found;
  ++mount.stx_mnt_id;
  ++major.stx_dev_major;
  ++minor.stx_dev_minor;
  ++inode.stx_ino;
  for (const struct statx& other : {mount, major, minor, inode}) EXPECT_FALSE(proven_.Is(other));
}

}  // namespace
}  // namespace umsdk
