#include "services/umfuse/fuse_options.h"

#include "gtest/gtest.h"

namespace umsdk::umfuse {
namespace {

TEST(KernelOptionsTest, AsLibfuseGivesThem) {
  auto options = ParseKernelOptions(
      "fd=5,rootmode=40000,user_id=1000,group_id=100,allow_other,max_read=65536");
  ASSERT_TRUE(options.has_value());
  EXPECT_EQ(options->fd, 5);
  EXPECT_EQ(options->root_mode, 040000u);
  EXPECT_EQ(options->user_id, 1000u);
  EXPECT_TRUE(options->allow_other);
  EXPECT_FALSE(options->default_permissions);
  EXPECT_EQ(options->max_read, 65536u);
}

TEST(KernelOptionsTest, RefusedAsByTheKernel) {
  for (const char* text : {"", "fd=5", "fd=5,rootmode=9,user_id=0,group_id=0",
                           "fd=,rootmode=40000,user_id=0,group_id=0",
                           "fd=5,rootmode=40000,user_id=0,group_id=0,color=blue",
                           "fd=5,rootmode=40000,user_id=0,group_id=0,allow_other=1"}) {
    EXPECT_FALSE(ParseKernelOptions(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace umsdk::umfuse
