// GoogleTest matchers for ErrnoOr<T> and ErrnoOrOk.
//
//   EXPECT_THAT(fs.Unlink(caller, dir, "a"), Succeeds());
//   EXPECT_THAT(fs.Unlink(caller, dir, "a"), FailsWith(ENOENT));
//   EXPECT_THAT(fs.ReadLink(node), SucceedsWith("target"));
//   ASSERT_SUCCEEDS_AND_ASSIGN(Attr attr, fs.GetAttr(node));
#ifndef SDK_TESTING_ERRNO_MATCHERS_H_
#define SDK_TESTING_ERRNO_MATCHERS_H_

#include <string.h>

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sdk/base/errno.h"

namespace umsdk {

// "ENOENT"; a number that has no name as it is. Found by GoogleTest's printer too.
inline std::string ErrnoName(Errno error) {
  const char* name = ::strerrorname_np(static_cast<int>(error));
  return name != nullptr ? name : "errno " + std::to_string(static_cast<int>(error));
}

inline void PrintTo(Errno error, std::ostream* os) { *os << ErrnoName(error); }

inline void PrintTo(const ErrnoOrOk& result, std::ostream* os) {
  *os << (result.ok() ? "success" : ErrnoName(result.error()));
}

template <typename T>
void PrintTo(const ErrnoOr<T>& result, std::ostream* os) {
  if (result.ok()) {
    *os << "success with " << ::testing::PrintToString(*result);
  } else {
    *os << ErrnoName(result.error());
  }
}

namespace testing_internal {

class ErrnoMatcher {
 public:
  using is_gtest_matcher = void;
  explicit ErrnoMatcher(Errno wanted) : wanted_(wanted) {}

  template <typename Result>
  bool MatchAndExplain(const Result& result, std::ostream*) const {
    return result.error() == wanted_;
  }
  void DescribeTo(std::ostream* os) const { Describe("", os); }
  void DescribeNegationTo(std::ostream* os) const { Describe("not ", os); }

 private:
  void Describe(const char* negation, std::ostream* os) const {
    *os << "is " << negation;
    if (wanted_ == Errno(0)) {
      *os << "success";
    } else {
      *os << ErrnoName(wanted_);
    }
  }

  const Errno wanted_;
};

template <typename Inner>
class SucceedsWithMatcher {
 public:
  explicit SucceedsWithMatcher(Inner inner) : inner_(std::move(inner)) {}

  template <typename Result>
  operator ::testing::Matcher<Result>() const {  // NOLINT: what matchers must convert to
    return ::testing::Matcher<Result>(new Impl<Result>(inner_));
  }

 private:
  template <typename Result>
  class Impl : public ::testing::MatcherInterface<Result> {
    using Value = std::remove_cvref_t<decltype(*std::declval<const Result&>())>;

   public:
    explicit Impl(const Inner& inner) : inner_(::testing::SafeMatcherCast<const Value&>(inner)) {}

    bool MatchAndExplain(Result result, ::testing::MatchResultListener* listener) const override {
      return result.ok() && inner_.MatchAndExplain(*result, listener);
    }
    void DescribeTo(std::ostream* os) const override {
      *os << "is success with a value that ";
      inner_.DescribeTo(os);
    }
    void DescribeNegationTo(std::ostream* os) const override {
      *os << "is a failure, or success with a value that ";
      inner_.DescribeNegationTo(os);
    }

   private:
    const ::testing::Matcher<const Value&> inner_;
  };

  const Inner inner_;
};

}  // namespace testing_internal

inline testing_internal::ErrnoMatcher Succeeds() {
  return testing_internal::ErrnoMatcher(Errno(0));
}

// `error`: a constant of errno(3).
inline testing_internal::ErrnoMatcher FailsWith(int error) {
  return testing_internal::ErrnoMatcher(Errno(error));
}

// Success with a value that `inner`, a matcher or a value, matches.
template <typename Inner>
testing_internal::SucceedsWithMatcher<std::decay_t<Inner>> SucceedsWith(Inner&& inner) {
  return testing_internal::SucceedsWithMatcher<std::decay_t<Inner>>(std::forward<Inner>(inner));
}

}  // namespace umsdk

#define UMSDK_MATCHERS_ASSIGN_IMPL(tmp, lhs, expr) \
  auto tmp = (expr);                               \
  ASSERT_THAT(tmp, ::umsdk::Succeeds());           \
  lhs = *std::move(tmp)
#define ASSERT_SUCCEEDS_AND_ASSIGN(lhs, expr) \
  UMSDK_MATCHERS_ASSIGN_IMPL(UMSDK_ERRNO_CONCAT(umsdk_matched_, __LINE__), lhs, expr)

#endif  // SDK_TESTING_ERRNO_MATCHERS_H_
