#include "sdk/engine/filter/seccomp_filter.h"

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <cerrno>

#include "gtest/gtest.h"
#include "sdk/engine/filter/bpf_evaluator.h"

namespace umsdk {
namespace {

using When = TrapRule::When;

constexpr uint32_t kTrap = SECCOMP_RET_USER_NOTIF;
constexpr uint32_t kAllow = SECCOMP_RET_ALLOW;
constexpr uint32_t kNoSys = SECCOMP_RET_ERRNO | ENOSYS;

uint32_t Answer(const TrapSet& traps, int number, int arg = 0, uint64_t value = 0,
                uint32_t arch = AUDIT_ARCH_X86_64) {
  seccomp_data data = {};
  data.nr = number;
  data.arch = arch;
  data.args[arg] = value;
  return EvaluateBpf(SeccompFilter(traps, kTrap).program(), data).value_or(0xdead);
}

TEST(SeccompFilterTest, WithoutRulesEverythingRuns) {
  const TrapSet none;
  for (int number : {0, 1, 2, 59, 334, 424, 467, 100000}) EXPECT_EQ(Answer(none, number), kAllow);
}

TEST(SeccompFilterTest, ForeignEntriesAreRefusedEvenForNumbersWithoutARule) {
  const TrapSet none;
  EXPECT_EQ(Answer(none, 3, 0, 0, AUDIT_ARCH_I386), kNoSys);
  EXPECT_EQ(Answer(none, 3, 0, 0, AUDIT_ARCH_AARCH64), kNoSys);
  EXPECT_EQ(Answer(none, 0x40000003), kNoSys);
  EXPECT_EQ(Answer(none, -2), kNoSys);
  EXPECT_EQ(Answer(none, -1), kAllow) << "a tracer's way to cancel a call";
}

TEST(SeccompFilterTest, TrapsItsNumbersOnly) {
  TrapSet traps;
  for (int number : {2, 4, 5, 59, 257, 439}) traps.traps.push_back({.number = number});
  for (int number = 0; number < 600; ++number) {
    const bool trapped =
        number == 2 || number == 4 || number == 5 || number == 59 || number == 257 || number == 439;
    EXPECT_EQ(Answer(traps, number), trapped ? kTrap : kAllow) << number;
  }
}

TEST(SeccompFilterTest, RefusedAndUnknownNumbers) {
  TrapSet traps;
  traps.traps = {{.number = 425}, {.number = 2}};
  traps.refused = {425, 426};
  traps.first_unknown = 500;
  EXPECT_EQ(Answer(traps, 425), kNoSys) << "a refusal outranks a trap";
  EXPECT_EQ(Answer(traps, 426), kNoSys);
  EXPECT_EQ(Answer(traps, 427), kAllow);
  EXPECT_EQ(Answer(traps, 499), kAllow);
  EXPECT_EQ(Answer(traps, 500), kNoSys);
  EXPECT_EQ(Answer(traps, 0x3fffffff), kNoSys);
  EXPECT_EQ(Answer(traps, 2), kTrap);
}

TEST(SeccompFilterTest, ConditionsLookAtTheLowHalf) {
  TrapSet traps;
  traps.traps = {{.number = 10, .when = When::kAnyBitOf, .arg = 1, .value = 0x30},
                 {.number = 11, .when = When::kNotEqual, .arg = 2, .value = 7},
                 {.number = 12, .when = When::kAtLeast, .arg = 5, .value = 3},
                 {.number = 13, .when = When::kEqual, .arg = 0, .value = 9}};
  const uint64_t high = uint64_t{1} << 40;
  EXPECT_EQ(Answer(traps, 10, 1, high | 0x20), kTrap);
  EXPECT_EQ(Answer(traps, 10, 1, high | 0x0f), kAllow);
  EXPECT_EQ(Answer(traps, 11, 2, high | 7), kAllow);
  EXPECT_EQ(Answer(traps, 11, 2, 8), kTrap);
  EXPECT_EQ(Answer(traps, 12, 5, 2), kAllow);
  EXPECT_EQ(Answer(traps, 12, 5, 3), kTrap);
  EXPECT_EQ(Answer(traps, 12, 5, 0xffffffff), kTrap);
  EXPECT_EQ(Answer(traps, 13, 0, 9), kTrap);
  EXPECT_EQ(Answer(traps, 13, 0, 10), kAllow);
}

TEST(SeccompFilterTest, NotZeroLooksAtBothHalves) {
  TrapSet traps;
  traps.traps = {{.number = 8, .when = When::kNotZero, .arg = 1},
                 {.number = 8, .when = When::kAtLeast, .arg = 2, .value = 3}};
  EXPECT_EQ(Answer(traps, 8, 1, 0), kAllow);
  EXPECT_EQ(Answer(traps, 8, 1, 1), kTrap);
  EXPECT_EQ(Answer(traps, 8, 1, uint64_t{1} << 32), kTrap);
  EXPECT_EQ(Answer(traps, 8, 2, 2), kAllow);
  EXPECT_EQ(Answer(traps, 8, 2, 3), kTrap);
}

TEST(SeccompFilterTest, RulesOfOneNumberAreAlternatives) {
  TrapSet traps;
  traps.traps = {{.number = 72, .when = When::kEqual, .arg = 1, .value = 5},
                 {.number = 72, .when = When::kEqual, .arg = 1, .value = 6}};
  EXPECT_EQ(Answer(traps, 72, 1, 5), kTrap);
  EXPECT_EQ(Answer(traps, 72, 1, 6), kTrap);
  EXPECT_EQ(Answer(traps, 72, 1, 7), kAllow);
  traps.traps.push_back({.number = 72});
  EXPECT_EQ(Answer(traps, 72, 1, 7), kTrap);
}

// Conditional jumps reach 255 instructions only: a big set needs long ones.
TEST(SeccompFilterTest, ABigSetIsStillRight) {
  TrapSet traps;
  for (int number = 0; number < 460; number += 2) {
    for (uint32_t value = 1; value <= 3; ++value) {
      traps.traps.push_back({.number = number, .when = When::kEqual, .arg = 3, .value = value});
    }
  }
  ASSERT_LT(SeccompFilter(traps, kTrap).program().size(), size_t{BPF_MAXINSNS});
  for (int number = 0; number < 470; ++number) {
    const uint32_t expected = number % 2 == 0 && number < 460 ? kTrap : kAllow;
    EXPECT_EQ(Answer(traps, number, 3, 2), expected) << number;
    EXPECT_EQ(Answer(traps, number, 3, 4), kAllow) << number;
  }
}

TEST(SeccompFilterTest, TheActionIsTheCallers) {
  TrapSet traps;
  traps.traps = {{.number = 1}};
  seccomp_data data = {};
  data.nr = 1;
  data.arch = AUDIT_ARCH_X86_64;
  const uint32_t action = SECCOMP_RET_TRACE | 42;
  EXPECT_EQ(EvaluateBpf(SeccompFilter(traps, action).program(), data), action);
}

}  // namespace
}  // namespace umsdk
