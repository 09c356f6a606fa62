// What this engine itself refuses or rewrites, so that nobody leaves it.
#ifndef SDK_ENGINE_PTRACE_OWN_RULES_H_
#define SDK_ENGINE_PTRACE_OWN_RULES_H_

#include <cstdint>
#include <optional>
#include <string>

#include "sdk/engine/ptrace/call_slot.h"
#include "sdk/engine/trap_set.h"

namespace umsdk {

// Adds the calls that ApplyOwnRules wants to see to those that a filter of ours traps.
void AddOwnTraps(TrapSet& traps);

bool IsOwnTrap(const StoppedCallInfo& call);

// Whether the call wants to trace another process: the kernel refuses it (EPERM), for every guest is
// traced already.
bool WantsToTrace(const StoppedCallInfo& call);
std::string TracingReport(const StoppedCallInfo& call);

// For a call at its entry: the answer that the guest gets instead, if any. Takes CLONE_UNTRACED out
// of clone and clone3 (a child without a tracer would run outside the view), and refuses, as the
// notify engine does, a seccomp listener of the guest's own when `filter_in_front`: the kernel would
// ask that one before our filter.
std::optional<int64_t> ApplyOwnRules(const StoppedCallInfo& call, bool filter_in_front,
                                     bool vectored_memory);

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_OWN_RULES_H_
