// TrapMatcher: what a TrapSet says of one call, decided here instead of in a seccomp filter. Used
// where no filter of ours stands in front (two stops a call), and for what a filter cannot tell.
#ifndef SDK_ENGINE_PTRACE_TRAP_MATCHER_H_
#define SDK_ENGINE_PTRACE_TRAP_MATCHER_H_

#include <array>
#include <cstdint>
#include <vector>

#include "sdk/engine/trap_set.h"

namespace umsdk {

enum class TrapDecision { kNative, kTrap, kRefuse };

// Immutable: thread-safe.
class TrapMatcher {
 public:
  explicit TrapMatcher(const TrapSet& traps);

  // `number` as the kernel sees it; x32 numbers (bit 30) and those from first_unknown on are refused.
  TrapDecision Decide(int64_t number, const std::array<uint64_t, 6>& args) const;

 private:
  struct Row {
    bool refused = false;
    std::vector<TrapRule> rules;
  };

  std::vector<Row> rows_;  // by number
  int first_unknown_;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_TRAP_MATCHER_H_
