#include "sdk/engine/filter/seccomp_filter.h"

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <map>

namespace umsdk {
namespace {

using Code = std::vector<sock_filter>;

constexpr uint32_t kRefuse = SECCOMP_RET_ERRNO | ENOSYS;
constexpr uint32_t kX32Bit = 0x40000000;
constexpr size_t kLongestJump = 255;

sock_filter Load(size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(offset));
}
sock_filter Return(uint32_t action) { return BPF_STMT(BPF_RET | BPF_K, action); }
sock_filter Jump(int test, uint32_t value, size_t if_true, size_t if_false) {
  return BPF_JUMP(static_cast<uint16_t>(BPF_JMP | test | BPF_K), value,
                  static_cast<uint8_t>(if_true), static_cast<uint8_t>(if_false));
}

// The low half: this project is for x86-64, which is little-endian.
size_t ArgOffset(int arg) { return offsetof(seccomp_data, args) + sizeof(uint64_t) * arg; }

// Returns `action` when the rule holds, else falls through.
void AppendCondition(const TrapRule& rule, uint32_t action, Code& code) {
  code.push_back(Load(ArgOffset(rule.arg)));
  switch (rule.when) {
    case TrapRule::When::kAlways:
      break;
    case TrapRule::When::kAnyBitOf:
      code.push_back(Jump(BPF_JSET, rule.value, 0, 1));
      break;
    case TrapRule::When::kNotEqual:
      code.push_back(Jump(BPF_JEQ, rule.value, 1, 0));
      break;
    case TrapRule::When::kAtLeast:
      code.push_back(Jump(BPF_JGE, rule.value, 0, 1));
      break;
    case TrapRule::When::kEqual:
      code.push_back(Jump(BPF_JEQ, rule.value, 0, 1));
      break;
    case TrapRule::When::kNotZero:
      code.push_back(Jump(BPF_JEQ, 0, 0, 2));
      code.push_back(Load(ArgOffset(rule.arg) + sizeof(uint32_t)));
      code.push_back(Jump(BPF_JEQ, 0, 1, 0));
      break;
  }
  code.push_back(Return(action));
}

// What one number gets; ends in a return on every path. The number is in the accumulator.
Code RulesCode(const std::vector<TrapRule>& rules, uint32_t action) {
  const bool always = std::any_of(rules.begin(), rules.end(), [](const TrapRule& rule) {
    return rule.when == TrapRule::When::kAlways || rule.arg < 0 || rule.arg > 5;
  });
  if (always) return {Return(action)};
  Code code;
  for (const TrapRule& rule : rules) AppendCondition(rule, action, code);
  code.push_back(Return(SECCOMP_RET_ALLOW));
  return code;
}

// The numbers from `first` up to the next segment's.
struct Segment {
  uint32_t first;
  Code code;
};

bool SameCode(const Code& a, const Code& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](auto& x, auto& y) {
           return x.code == y.code && x.jt == y.jt && x.jf == y.jf && x.k == y.k;
         });
}

void AppendSegment(uint32_t first, Code code, std::vector<Segment>& segments) {
  if (!segments.empty() && segments.back().first == first) segments.pop_back();
  if (!segments.empty() && SameCode(segments.back().code, code)) return;
  segments.push_back({first, std::move(code)});
}

std::map<uint32_t, Code> CodeByNumber(const TrapSet& traps, uint32_t action) {
  std::map<uint32_t, std::vector<TrapRule>> rules;
  for (const TrapRule& rule : traps.traps) {
    if (rule.number >= 0) rules[static_cast<uint32_t>(rule.number)].push_back(rule);
  }
  std::map<uint32_t, Code> codes;
  for (const auto& [number, alternatives] : rules) codes[number] = RulesCode(alternatives, action);
  // A refusal outranks a trap: whoever asked for it knows that the call escapes the view.
  for (int number : traps.refused) {
    if (number >= 0) codes[static_cast<uint32_t>(number)] = {Return(kRefuse)};
  }
  return codes;
}

// All numbers below the x32 bit, as maximal runs with the same code.
std::vector<Segment> Segments(const TrapSet& traps, uint32_t action) {
  std::vector<Segment> segments = {{0, {Return(SECCOMP_RET_ALLOW)}}};
  const uint32_t end =
      traps.first_unknown > 0 ? static_cast<uint32_t>(traps.first_unknown) : kX32Bit;
  for (auto& [number, code] : CodeByNumber(traps, action)) {
    if (number >= end) break;
    AppendSegment(number, code, segments);
    AppendSegment(number + 1, {Return(SECCOMP_RET_ALLOW)}, segments);
  }
  if (end < kX32Bit) AppendSegment(end, {Return(kRefuse)}, segments);
  return segments;
}

// A balanced tree of comparisons over segments [begin, end).
Code SearchTree(const std::vector<Segment>& segments, size_t begin, size_t end) {
  if (end - begin == 1) return segments[begin].code;
  const size_t middle = begin + (end - begin) / 2;
  const Code below = SearchTree(segments, begin, middle);
  const Code above = SearchTree(segments, middle, end);
  Code code;
  if (below.size() <= kLongestJump) {
    code.push_back(Jump(BPF_JGE, segments[middle].first, below.size(), 0));
  } else {  // conditional jumps reach 255 instructions only
    code.push_back(Jump(BPF_JGE, segments[middle].first, 0, 1));
    code.push_back(BPF_STMT(BPF_JMP | BPF_JA, static_cast<uint32_t>(below.size())));
  }
  code.insert(code.end(), below.begin(), below.end());
  code.insert(code.end(), above.begin(), above.end());
  return code;
}

}  // namespace

SeccompFilter::SeccompFilter(const TrapSet& traps, uint32_t action) {
  program_ = {
      Load(offsetof(seccomp_data, arch)),
      Jump(BPF_JEQ, AUDIT_ARCH_X86_64, 1, 0),
      Return(kRefuse),
      Load(offsetof(seccomp_data, nr)),
      Jump(BPF_JSET, kX32Bit, 0, 3),
      Jump(BPF_JEQ, UINT32_MAX, 0, 1),
      Return(SECCOMP_RET_ALLOW),
      Return(kRefuse),
  };
  const std::vector<Segment> segments = Segments(traps, action);
  const Code tree = SearchTree(segments, 0, segments.size());
  program_.insert(program_.end(), tree.begin(), tree.end());
}

}  // namespace umsdk
