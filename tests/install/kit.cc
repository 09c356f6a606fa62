// A test of a file system by its author, built outside of the tree with the test kit.
#include "gtest/gtest.h"
#include "sdk/testing/errno_matchers.h"
#include "sdk/testing/ram_fs.h"
#include "sdk/testing/status_matchers.h"

namespace umsdk {
namespace {

TEST(TestKit, RamFsAndErrnoMatchers) {
  RamFs fs;
  const Caller root;
  EXPECT_THAT(fs.MakeDir(root, kRootNode, "d", 0755), Succeeds());
  EXPECT_THAT(fs.MakeDir(root, kRootNode, "d", 0755), FailsWith(EEXIST));
}

TEST(TestKit, StatusMatchers) {
  EXPECT_THAT(absl::OkStatus(), IsOk());
}

}  // namespace
}  // namespace umsdk
