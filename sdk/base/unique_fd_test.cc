#include "sdk/base/unique_fd.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "gtest/gtest.h"

namespace umsdk {
namespace {

bool IsOpen(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

UniqueFd OpenNull() { return UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC)); }

TEST(UniqueFdTest, ClosesAtTheEndOfItsScope) {
  int number = -1;
  {
    UniqueFd fd = OpenNull();
    ASSERT_TRUE(fd.valid());
    number = fd.get();
    EXPECT_TRUE(IsOpen(number));
  }
  EXPECT_FALSE(IsOpen(number));
}

TEST(UniqueFdTest, MovingHandsTheDescriptorOver) {
  UniqueFd first = OpenNull();
  const int number = first.get();
  UniqueFd second = std::move(first);
  EXPECT_FALSE(first.valid());  // NOLINT: the state after a move is part of the contract
  EXPECT_EQ(second.get(), number);
  EXPECT_TRUE(IsOpen(number));
}

TEST(UniqueFdTest, AssigningClosesTheOldOne) {
  UniqueFd fd = OpenNull();
  const int old_number = fd.get();
  UniqueFd other = OpenNull();
  const int new_number = other.get();
  fd = std::move(other);
  EXPECT_FALSE(IsOpen(old_number));
  EXPECT_EQ(fd.get(), new_number);
}

TEST(UniqueFdTest, ReleaseGivesItAway) {
  UniqueFd fd = OpenNull();
  const int number = fd.Release();
  EXPECT_FALSE(fd.valid());
  ASSERT_TRUE(IsOpen(number));
  EXPECT_EQ(::close(number), 0);
}

TEST(UniqueFdTest, ResetCloses) {
  UniqueFd fd = OpenNull();
  const int number = fd.get();
  fd.Reset();
  EXPECT_FALSE(fd.valid());
  EXPECT_FALSE(IsOpen(number));
}

TEST(UniqueFdTest, DuplicateSharesTheDescriptionAndIsCloseOnExec) {
  UniqueFd fd = OpenNull();
  UniqueFd copy = fd.Duplicate();
  ASSERT_TRUE(copy.valid());
  EXPECT_NE(copy.get(), fd.get());
  EXPECT_EQ(::fcntl(copy.get(), F_GETFD), FD_CLOEXEC);
  ASSERT_EQ(::fcntl(fd.get(), F_SETFL, O_NONBLOCK), 0);
  EXPECT_NE(::fcntl(copy.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(UniqueFdTest, DuplicateOfNothingFailsWithErrno) {
  EXPECT_FALSE(UniqueFd().Duplicate().valid());
  EXPECT_EQ(errno, EBADF);
}

}  // namespace
}  // namespace umsdk
