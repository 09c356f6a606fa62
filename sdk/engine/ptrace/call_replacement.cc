// CallRunner: calls that are run in the place of the guest's own.
#include <optional>
#include <utility>

#include "sdk/engine/ptrace/call_runner.h"
#include "sdk/engine/ptrace/ptrace_request.h"

namespace umsdk {

void CallRunner::Replace(Tracee& tracee, const TrappedCall::Replacement& replacement) {
  if (tracee.at == Tracee::At::kRunning) return;
  const bool goes_through_filter = options_.one_stop && tracee.at == Tracee::At::kExitStop;
  {
    Injection injection(tracee, stops_);
    if (!injection.EnterInstead(replacement.call)) return;
  }
  if (goes_through_filter) tracee.let_go_at = tracee.regs.rip;
  tracee.at_exit = Tracee::AtExit::kEndReplacement;
  tracee.afterwards = replacement.afterwards;
  Resume(tracee);
}

// It has come back: the guest must not see that another call than its own was made.
void CallRunner::EndReplacement(Tracee& tracee) {
  user_regs_struct now;
  if (!PtraceGetRegs(tracee.tid, now)) return;
  const auto result = static_cast<int64_t>(now.rax);
  tracee.at = Tracee::At::kExitStop;
  tracee.let_go_at = 0;
  {
    Injection injection(tracee, stops_);
    for (const TrappedCall::GuestCall& call : std::exchange(tracee.afterwards, {})) {
      (void)injection.Call(call.number, call.args);
    }
  }
  if (IsRestart(result)) return Restart(tracee);
  Return(tracee, result);
}

void CallRunner::OnExec(Tracee& tracee) {
  tracee.launching = false;
  if (tracee.at_exit != Tracee::AtExit::kEndReplacement) return;
  tracee.at_exit = Tracee::AtExit::kNothing;
  tracee.let_go_at = 0;
  tracee.afterwards.clear();
}

}  // namespace umsdk
