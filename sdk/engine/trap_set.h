// TrapSet: which calls of a guest stop. A plain value; the engines turn it into a filter.
#ifndef SDK_ENGINE_TRAP_SET_H_
#define SDK_ENGINE_TRAP_SET_H_

#include <cstdint>
#include <vector>

namespace umsdk {

// One call that is caught, always or on a condition on one argument: on its low 32 bits, but for kNotZero,
// which has no value and is about all 64.
struct TrapRule {
  enum class When { kAlways, kAnyBitOf, kNotEqual, kAtLeast, kEqual, kNotZero };
  int number = 0;
  When when = When::kAlways;
  int arg = 0;
  uint32_t value = 0;
};

// Several rules for one number are alternatives. A number with no rule runs natively.
struct TrapSet {
  std::vector<TrapRule> traps;
  // Answered with ENOSYS by the filter itself (io_uring_setup, ...).
  std::vector<int> refused;
  // Numbers from here on are not known to us: they are answered ENOSYS. 0: no limit.
  int first_unknown = 0;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_TRAP_SET_H_
