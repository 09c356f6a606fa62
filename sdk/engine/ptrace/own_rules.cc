#include "sdk/engine/ptrace/own_rules.h"

#include <linux/seccomp.h>
#include <sched.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "sdk/engine/ptrace/guest_memory.h"
#include "sdk/engine/ptrace/ptrace_request.h"

namespace umsdk {
namespace {

constexpr uint32_t kTracingRequests[] = {PTRACE_TRACEME, PTRACE_ATTACH, PTRACE_SEIZE};

}  // namespace

void AddOwnTraps(TrapSet& traps) {
  using When = TrapRule::When;
  traps.traps.push_back({SYS_clone, When::kAnyBitOf, 0, CLONE_UNTRACED});
  traps.traps.push_back({SYS_clone3, When::kAlways, 0, 0});
  for (uint32_t request : kTracingRequests) {
    traps.traps.push_back({SYS_ptrace, When::kEqual, 0, request});
  }
  traps.traps.push_back({SYS_seccomp, When::kAnyBitOf, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER});
}

bool IsOwnTrap(const StoppedCallInfo& call) {
  return call.number == SYS_clone || call.number == SYS_clone3 || call.number == SYS_seccomp ||
         call.number == SYS_ptrace;
}

bool WantsToTrace(const StoppedCallInfo& call) {
  return call.number == SYS_ptrace &&
         std::find(std::begin(kTracingRequests), std::end(kTracingRequests),
                   static_cast<uint32_t>(call.args[0])) != std::end(kTracingRequests);
}

std::string TracingReport(const StoppedCallInfo& call) {
  return "ptrace engine: process " + std::to_string(call.tid) +
         " wants to trace: EPERM for what runs in the view; debuggers need the notify engine";
}

std::optional<int64_t> ApplyOwnRules(const StoppedCallInfo& call, bool filter_in_front,
                                     bool vectored_memory) {
  if (call.number == SYS_clone && (call.args[0] & CLONE_UNTRACED) != 0) {
    PtraceSetFirstArg(call.tid, call.args[0] & ~uint64_t{CLONE_UNTRACED});
  } else if (call.number == SYS_clone3) {
    GuestMemory memory(call.tid, vectored_memory);
    uint64_t flags = 0;  // the first member of clone_args
    if (memory.Read(call.args[0], &flags, sizeof(flags)) == sizeof(flags) &&
        (flags & CLONE_UNTRACED) != 0) {
      flags &= ~uint64_t{CLONE_UNTRACED};
      if (!memory.Poke(call.args[0], &flags, sizeof(flags))) return -EPERM;
    }
  } else if (call.number == SYS_seccomp && filter_in_front &&
             (call.args[1] & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0) {
    return -EBUSY;
  }
  return std::nullopt;
}

}  // namespace umsdk
