#include "sdk/engine/ptrace/trap_matcher.h"

#include <algorithm>
#include <cstddef>

namespace umsdk {
namespace {

constexpr int64_t kX32Bit = 0x40000000;
constexpr int kTableLimit = 4096;  // far above any number of the kernel's

bool Applies(const TrapRule& rule, const std::array<uint64_t, 6>& args) {
  if (rule.arg < 0 || static_cast<size_t>(rule.arg) >= args.size()) return true;
  const uint32_t value = static_cast<uint32_t>(args[rule.arg]);
  switch (rule.when) {
    case TrapRule::When::kAlways: return true;
    case TrapRule::When::kAnyBitOf: return (value & rule.value) != 0;
    case TrapRule::When::kNotEqual: return value != rule.value;
    case TrapRule::When::kAtLeast: return value >= rule.value;
    case TrapRule::When::kEqual: return value == rule.value;
    case TrapRule::When::kNotZero: return args[rule.arg] != 0;
  }
  return true;
}

}  // namespace

TrapMatcher::TrapMatcher(const TrapSet& traps) : first_unknown_(traps.first_unknown) {
  auto row = [this](int number) -> Row* {
    if (number < 0 || number >= kTableLimit) return nullptr;
    if (rows_.size() <= static_cast<size_t>(number)) rows_.resize(number + 1);
    return &rows_[number];
  };
  for (const TrapRule& rule : traps.traps) {
    if (Row* r = row(rule.number)) r->rules.push_back(rule);
  }
  for (int number : traps.refused) {
    if (Row* r = row(number)) r->refused = true;
  }
}

TrapDecision TrapMatcher::Decide(int64_t number, const std::array<uint64_t, 6>& args) const {
  if (number < 0) return TrapDecision::kNative;  // the kernel has no such call: ENOSYS
  if (number & kX32Bit) return TrapDecision::kRefuse;
  if (first_unknown_ > 0 && number >= first_unknown_) return TrapDecision::kRefuse;
  if (static_cast<uint64_t>(number) >= rows_.size()) return TrapDecision::kNative;
  const Row& row = rows_[number];
  if (row.refused) return TrapDecision::kRefuse;
  bool trapped = std::any_of(row.rules.begin(), row.rules.end(),
                             [&](const TrapRule& rule) { return Applies(rule, args); });
  return trapped ? TrapDecision::kTrap : TrapDecision::kNative;
}

}  // namespace umsdk
