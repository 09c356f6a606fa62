#include "sdk/base/errno.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"

namespace umsdk {
namespace {

ErrnoOr<int> Half(int n) {
  if (n % 2 != 0) return Errno(EDOM);
  return n / 2;
}

ErrnoOr<std::string> Quarter(int n) {
  UMSDK_ASSIGN_OR_ERRNO(const int half, Half(n));
  UMSDK_ASSIGN_OR_ERRNO(const int quarter, Half(half));
  return std::to_string(quarter);
}

ErrnoOrOk MustHalve(int n) {
  UMSDK_RETURN_IF_ERRNO(Half(n));
  return {};
}

TEST(ErrnoOrTest, HoldsAValueOrAnErrno) {
  EXPECT_TRUE(Half(4).ok());
  EXPECT_EQ(*Half(4), 2);
  EXPECT_EQ(Half(4).error(), Errno(0));
  EXPECT_FALSE(Half(3).ok());
  EXPECT_EQ(Half(3).error(), Errno(EDOM));
}

TEST(ErrnoOrTest, MovesWhatCannotBeCopied) {
  ErrnoOr<std::unique_ptr<int>> made = std::make_unique<int>(7);
  std::unique_ptr<int> taken = *std::move(made);
  EXPECT_EQ(*taken, 7);
}

TEST(ErrnoOrTest, TheArrowReachesIntoTheValue) {
  ErrnoOr<std::string> text = std::string("four");
  EXPECT_EQ(text->size(), 4u);
}

TEST(ErrnoOrOkTest, IsSuccessUnlessAnErrnoIsGiven) {
  EXPECT_TRUE(ErrnoOrOk().ok());
  EXPECT_TRUE(ErrnoOrOk(Errno(0)).ok());
  EXPECT_FALSE(ErrnoOrOk(Errno(EIO)).ok());
  EXPECT_EQ(ErrnoOrOk(Errno(EIO)).error(), Errno(EIO));
}

TEST(ErrnoMacrosTest, AssignGoesOnOrLeavesTheFunction) {
  EXPECT_EQ(*Quarter(12), "3");
  EXPECT_EQ(Quarter(6).error(), Errno(EDOM));
  EXPECT_EQ(Quarter(5).error(), Errno(EDOM));
}

TEST(ErrnoMacrosTest, ReturnIfErrnoPassesTheErrorOn) {
  EXPECT_TRUE(MustHalve(2).ok());
  EXPECT_EQ(MustHalve(1).error(), Errno(EDOM));
}

TEST(LastErrnoTest, IsWhatLibcLeft) {
  errno = EXDEV;
  EXPECT_EQ(LastErrno(), Errno(EXDEV));
}

}  // namespace
}  // namespace umsdk
