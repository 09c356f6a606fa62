// GoogleTest matchers for absl::Status and absl::StatusOr, named as in Abseil's own later header.
//
//   EXPECT_THAT(status_or_statusor, IsOk());
//   EXPECT_THAT(statusor, IsOkAndHolds(Gt(3)));
//   EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound, HasSubstr("/etc")));
//   ASSERT_OK_AND_ASSIGN(Supervisor supervisor, Supervisor::Builder().Build());
#ifndef SDK_TESTING_STATUS_MATCHERS_H_
#define SDK_TESTING_STATUS_MATCHERS_H_

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace umsdk {
namespace testing_internal {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

class IsOkMatcher {
 public:
  using is_gtest_matcher = void;
  template <typename Result>
  bool MatchAndExplain(const Result& result, std::ostream* os) const {
    if (os != nullptr && !result.ok()) *os << "which is " << StatusOf(result).ToString();
    return result.ok();
  }
  void DescribeTo(std::ostream* os) const { *os << "is OK"; }
  void DescribeNegationTo(std::ostream* os) const { *os << "is not OK"; }
};

class StatusIsMatcher {
 public:
  using is_gtest_matcher = void;
  StatusIsMatcher(absl::StatusCode code, ::testing::Matcher<std::string> message)
      : code_(code), message_(std::move(message)) {}

  template <typename Result>
  bool MatchAndExplain(const Result& result, std::ostream* os) const {
    const absl::Status& status = StatusOf(result);
    if (os != nullptr) *os << "which is " << status.ToString();
    return status.code() == code_ && message_.Matches(std::string(status.message()));
  }
  void DescribeTo(std::ostream* os) const {
    *os << "is " << absl::StatusCodeToString(code_) << " with a message that ";
    message_.DescribeTo(os);
  }
  void DescribeNegationTo(std::ostream* os) const {
    *os << "is not " << absl::StatusCodeToString(code_) << ", or has a message that ";
    message_.DescribeNegationTo(os);
  }

 private:
  const absl::StatusCode code_;
  const ::testing::Matcher<std::string> message_;
};

template <typename Inner>
class IsOkAndHoldsMatcher {
 public:
  explicit IsOkAndHoldsMatcher(Inner inner) : inner_(std::move(inner)) {}

  template <typename Result>
  operator ::testing::Matcher<Result>() const {  // NOLINT: what matchers must convert to
    return ::testing::Matcher<Result>(new Impl<Result>(inner_));
  }

 private:
  template <typename Result>
  class Impl : public ::testing::MatcherInterface<Result> {
    using Value = typename std::remove_cvref_t<Result>::value_type;

   public:
    explicit Impl(const Inner& inner) : inner_(::testing::SafeMatcherCast<const Value&>(inner)) {}

    bool MatchAndExplain(Result result, ::testing::MatchResultListener* listener) const override {
      if (!result.ok()) *listener << "which is " << result.status().ToString();
      return result.ok() && inner_.MatchAndExplain(*result, listener);
    }
    void DescribeTo(std::ostream* os) const override {
      *os << "is OK and has a value that ";
      inner_.DescribeTo(os);
    }
    void DescribeNegationTo(std::ostream* os) const override {
      *os << "is not OK, or has a value that ";
      inner_.DescribeNegationTo(os);
    }

   private:
    const ::testing::Matcher<const Value&> inner_;
  };

  const Inner inner_;
};

}  // namespace testing_internal

inline testing_internal::IsOkMatcher IsOk() { return {}; }

inline testing_internal::StatusIsMatcher StatusIs(
    absl::StatusCode code, ::testing::Matcher<std::string> message = ::testing::_) {
  return {code, std::move(message)};
}

// OK with a value that `inner`, a matcher or a value, matches.
template <typename Inner>
testing_internal::IsOkAndHoldsMatcher<std::decay_t<Inner>> IsOkAndHolds(Inner&& inner) {
  return testing_internal::IsOkAndHoldsMatcher<std::decay_t<Inner>>(std::forward<Inner>(inner));
}

}  // namespace umsdk

#define UMSDK_STATUS_MATCHERS_CONCAT_(a, b) a##b
#define UMSDK_STATUS_MATCHERS_CONCAT(a, b) UMSDK_STATUS_MATCHERS_CONCAT_(a, b)
#define UMSDK_STATUS_MATCHERS_ASSIGN_IMPL(tmp, lhs, expr) \
  auto tmp = (expr);                                      \
  ASSERT_THAT(tmp, ::umsdk::IsOk());                      \
  lhs = *std::move(tmp)
#define ASSERT_OK_AND_ASSIGN(lhs, expr)                                                          \
  UMSDK_STATUS_MATCHERS_ASSIGN_IMPL(UMSDK_STATUS_MATCHERS_CONCAT(umsdk_matched_, __LINE__), lhs, \
                                    expr)
#define EXPECT_OK(expr) EXPECT_THAT((expr), ::umsdk::IsOk())
#define ASSERT_OK(expr) ASSERT_THAT((expr), ::umsdk::IsOk())

#endif  // SDK_TESTING_STATUS_MATCHERS_H_
