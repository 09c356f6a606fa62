#include "sdk/syscall/errno_name.h"

#include <cerrno>
#include <cstring>

#include "gtest/gtest.h"

namespace umsdk {
namespace {

static_assert(ErrnoName(ENOENT) == "ENOENT");
static_assert(ErrnoName(512) == "ERESTARTSYS");

// glibc knows the same names and texts (strerrordesc_np does not translate).
TEST(ErrnoNameTest, AgreesWithTheCLibrary) {
  for (int number = 1; number < 512; ++number) {
    const char* name = strerrorname_np(number);
    const ErrnoInfo* info = FindErrno(number);
    ASSERT_EQ(name != nullptr, info != nullptr) << number;
    if (info == nullptr) continue;
    EXPECT_EQ(info->name, name);
    EXPECT_EQ(info->text, strerrordesc_np(number));
    EXPECT_EQ(ErrnoFromName(name), number);
  }
}

TEST(ErrnoNameTest, UnknownOnes) {
  EXPECT_EQ(ErrnoName(0), "");
  EXPECT_EQ(ErrnoName(-2), "");
  EXPECT_EQ(ErrnoName(41), "");
  EXPECT_EQ(ErrnoName(134), "");
  EXPECT_EQ(ErrnoFromName("ENOPE"), 0);
}

}  // namespace
}  // namespace umsdk
