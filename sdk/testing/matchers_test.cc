// The matchers themselves: what they match, what they refuse, what they say.
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sdk/base/errno.h"
#include "sdk/testing/errno_matchers.h"
#include "sdk/testing/status_matchers.h"

namespace umsdk {
namespace {

using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pointee;

template <typename M, typename V>
std::string Explain(const M& matcher, const V& value) {
  ::testing::StringMatchResultListener listener;
  ::testing::ExplainMatchResult(matcher, value, &listener);
  return listener.str();
}

TEST(ErrnoMatchersTest, TellSuccessFromFailure) {
  EXPECT_THAT(ErrnoOrOk(), Succeeds());
  EXPECT_THAT(ErrnoOrOk(Errno(EIO)), Not(Succeeds()));
  EXPECT_THAT(ErrnoOr<int>(1), Succeeds());
  EXPECT_THAT(ErrnoOr<int>(Errno(EIO)), Not(Succeeds()));
  EXPECT_THAT(ErrnoOr<int>(Errno(EIO)), FailsWith(EIO));
  EXPECT_THAT(ErrnoOr<int>(Errno(EIO)), Not(FailsWith(ENOENT)));
  EXPECT_THAT(ErrnoOr<int>(1), Not(FailsWith(EIO)));
}

TEST(ErrnoMatchersTest, LookIntoTheValue) {
  const ErrnoOr<int> five = 5;
  EXPECT_THAT(five, SucceedsWith(5));
  EXPECT_THAT(five, SucceedsWith(Gt(4)));
  EXPECT_THAT(five, Not(SucceedsWith(6)));
  EXPECT_THAT(ErrnoOr<int>(Errno(5)), Not(SucceedsWith(5)));
  EXPECT_THAT(ErrnoOr<std::string>(std::string("a")), SucceedsWith("a"));
}

TEST(ErrnoMatchersTest, AssignMovesTheValueOut) {
  ASSERT_SUCCEEDS_AND_ASSIGN(const std::unique_ptr<int> value,
                             ErrnoOr<std::unique_ptr<int>>(std::make_unique<int>(3)));
  EXPECT_THAT(value, Pointee(3));
}

TEST(ErrnoMatchersTest, PrintErrorsByName) {
  EXPECT_EQ(::testing::PrintToString(ErrnoOr<int>(Errno(ENOTEMPTY))), "ENOTEMPTY");
  EXPECT_EQ(::testing::PrintToString(ErrnoOrOk()), "success");
  EXPECT_EQ(::testing::PrintToString(ErrnoOr<int>(7)), "success with 7");
  EXPECT_EQ(::testing::DescribeMatcher<ErrnoOrOk>(FailsWith(EXDEV)), "is EXDEV");
}

TEST(StatusMatchersTest, TellOkFromErrors) {
  EXPECT_THAT(absl::OkStatus(), IsOk());
  EXPECT_THAT(absl::StatusOr<int>(1), IsOk());
  EXPECT_THAT(absl::NotFoundError("x"), Not(IsOk()));
  EXPECT_THAT(absl::StatusOr<int>(absl::NotFoundError("x")), Not(IsOk()));
  EXPECT_THAT(Explain(IsOk(), absl::NotFoundError("gone")), HasSubstr("NOT_FOUND: gone"));
}

TEST(StatusMatchersTest, CompareCodeAndMessage) {
  const absl::Status status = absl::NotFoundError("no /etc/x");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound, HasSubstr("/etc")));
  EXPECT_THAT(status, Not(StatusIs(absl::StatusCode::kInternal)));
  EXPECT_THAT(status, Not(StatusIs(absl::StatusCode::kNotFound, HasSubstr("/usr"))));
  EXPECT_THAT(absl::StatusOr<int>(status), StatusIs(absl::StatusCode::kNotFound));
}

TEST(StatusMatchersTest, LookIntoTheValue) {
  const absl::StatusOr<int> five = 5;
  EXPECT_THAT(five, IsOkAndHolds(5));
  EXPECT_THAT(five, IsOkAndHolds(Gt(4)));
  EXPECT_THAT(five, Not(IsOkAndHolds(6)));
  EXPECT_THAT(absl::StatusOr<int>(absl::InternalError("x")), Not(IsOkAndHolds(5)));
}

TEST(StatusMatchersTest, AssignMovesTheValueOut) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<int> value,
                       absl::StatusOr<std::unique_ptr<int>>(std::make_unique<int>(3)));
  EXPECT_THAT(value, Pointee(3));
  EXPECT_OK(absl::OkStatus());
}

}  // namespace
}  // namespace umsdk
