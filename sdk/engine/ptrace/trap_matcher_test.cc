#include "sdk/engine/ptrace/trap_matcher.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

namespace umsdk {
namespace {

using When = TrapRule::When;

TEST(TrapMatcherTest, NumbersWithoutARuleAreNative) {
  TrapMatcher matcher({{{SYS_read}}, {SYS_io_uring_setup}, 500});
  EXPECT_EQ(matcher.Decide(SYS_read, {}), TrapDecision::kTrap);
  EXPECT_EQ(matcher.Decide(SYS_write, {}), TrapDecision::kNative);
  EXPECT_EQ(matcher.Decide(SYS_io_uring_setup, {}), TrapDecision::kRefuse);
  EXPECT_EQ(matcher.Decide(499, {}), TrapDecision::kNative);
}

TEST(TrapMatcherTest, NumbersThatNobodyKnows) {
  TrapMatcher matcher({{{SYS_read}}, {}, 500});
  for (int64_t number : {int64_t{500}, int64_t{100000}, int64_t{0x7fffffff},
                         int64_t{0x40000000} | SYS_read}) {
    EXPECT_EQ(matcher.Decide(number, {}), TrapDecision::kRefuse) << number;
  }
  EXPECT_EQ(matcher.Decide(-1, {}), TrapDecision::kNative);
  EXPECT_EQ(TrapMatcher({{}, {}, 0}).Decide(100000, {}), TrapDecision::kNative);
}

TEST(TrapMatcherTest, ConditionsLookAtTheLowHalfOfAnArgument) {
  auto decide = [](When when, uint64_t argument) {
    TrapMatcher matcher({{{7, when, 2, 6}}, {}, 0});
    return matcher.Decide(7, {0, 0, argument}) == TrapDecision::kTrap;
  };
  EXPECT_TRUE(decide(When::kAlways, 0));
  EXPECT_TRUE(decide(When::kAnyBitOf, 2));
  EXPECT_FALSE(decide(When::kAnyBitOf, 1));
  EXPECT_TRUE(decide(When::kNotEqual, 5));
  EXPECT_FALSE(decide(When::kNotEqual, 6));
  EXPECT_FALSE(decide(When::kNotEqual, uint64_t{1} << 32 | 6));
  EXPECT_TRUE(decide(When::kAtLeast, 6));
  EXPECT_FALSE(decide(When::kAtLeast, 5));
  EXPECT_FALSE(decide(When::kAtLeast, uint64_t{1} << 32));
  EXPECT_TRUE(decide(When::kEqual, 6));
  EXPECT_FALSE(decide(When::kEqual, 7));
}

TEST(TrapMatcherTest, NotZeroLooksAtBothHalves) {
  TrapMatcher matcher({{{7, When::kNotZero, 1}}, {}, 0});
  EXPECT_EQ(matcher.Decide(7, {1, 0, 1}), TrapDecision::kNative);
  EXPECT_EQ(matcher.Decide(7, {0, 1}), TrapDecision::kTrap);
  EXPECT_EQ(matcher.Decide(7, {0, uint64_t{1} << 32}), TrapDecision::kTrap);
}

TEST(TrapMatcherTest, RulesOfOneNumberAreAlternatives) {
  TrapMatcher matcher({{{7, When::kEqual, 0, 1}, {7, When::kEqual, 1, 1}}, {}, 0});
  EXPECT_EQ(matcher.Decide(7, {1, 0}), TrapDecision::kTrap);
  EXPECT_EQ(matcher.Decide(7, {0, 1}), TrapDecision::kTrap);
  EXPECT_EQ(matcher.Decide(7, {0, 0}), TrapDecision::kNative);
}

TEST(TrapMatcherTest, RulesThatMakeNoSenseAreSafe) {
  TrapMatcher matcher({{{-5}, {1 << 30}, {8, When::kEqual, 9, 1}, {9, When::kEqual, -1, 1}},
                       {-7, 1 << 30},
                       0});
  EXPECT_EQ(matcher.Decide(8, {}), TrapDecision::kTrap) << "as the filter does";
  EXPECT_EQ(matcher.Decide(9, {}), TrapDecision::kTrap);
}

}  // namespace
}  // namespace umsdk
