#include "sdk/engine/ptrace/call_runner.h"

#include <linux/audit.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "sdk/engine/ptrace/install_fd.h"
#include "sdk/engine/ptrace/own_rules.h"
#include "sdk/engine/ptrace/ptrace_request.h"

namespace umsdk {
namespace {

// A handler that neither ends nor announces that it blocks holds up the other guests this long.
constexpr long kAttendMicroseconds = 5000;
// What the kernel is given to run in place of a call that must not. In front of an outer filter,
// whose rules for number -1 are unknown, one that every filter allows and that has no effect.
constexpr int64_t kNoCall = -1;
constexpr int64_t kHarmlessCall = SYS_getpid;

}  // namespace

void CallRunner::Resume(Tracee& tracee, int signal) {
  tracee.at = Tracee::At::kRunning;
  // Pending at once: the thread stops again before it runs in user mode.
  if (tracee.stop_again) PtraceInterrupt(tracee.tid);
  tracee.stop_again = false;
  const bool exit_stop_wanted = !options_.one_stop || tracee.at_exit != Tracee::AtExit::kNothing;
  PtraceResume(tracee.tid, exit_stop_wanted ? PTRACE_SYSCALL : PTRACE_CONT, signal);
}

void CallRunner::OnSeccompStop(Tracee& tracee) {
  ptrace_syscall_info info;
  if (!PtraceGetCall(tracee.tid, info)) return;
  tracee.at = Tracee::At::kSeccompStop;
  OnEntry(tracee, info);
}

void CallRunner::OnSyscallStop(Tracee& tracee) {
  ptrace_syscall_info info;
  if (!PtraceGetCall(tracee.tid, info)) return;
  if (info.op == PTRACE_SYSCALL_INFO_EXIT) return OnExit(tracee);
  if (options_.one_stop) return Resume(tracee);  // its seccomp stop follows if it is trapped
  tracee.at = Tracee::At::kEntryStop;
  OnEntry(tracee, info);
}

void CallRunner::OnEntry(Tracee& tracee, const ptrace_syscall_info& info) {
  if (LetGoBefore(tracee, info.instruction_pointer)) return Resume(tracee);
  tracee.call.tid = tracee.tid;
  tracee.call.number = static_cast<int64_t>(info.entry.nr);
  std::copy_n(info.entry.args, tracee.call.args.size(), tracee.call.args.begin());
  Decide(tracee, info.arch != AUDIT_ARCH_X86_64);
}

// A call that got Continue after calls of ours had been injected is issued a second time.
bool CallRunner::LetGoBefore(Tracee& tracee, uint64_t instruction) {
  return std::exchange(tracee.let_go_at, 0) == instruction;
}

void CallRunner::Decide(Tracee& tracee, bool foreign) {
  if (foreign) return Return(tracee, -ENOSYS);
  const int64_t number = tracee.call.number;
  if (tracee.launching) {
    if (number != SYS_execve) return Resume(tracee);
    tracee.launching = false;
  }
  const TrapDecision decision = traps_.Decide(number, tracee.call.args);
  if (decision == TrapDecision::kRefuse) return Return(tracee, -ENOSYS);
  if (IsOwnTrap(tracee.call)) {
    NoteTracing(tracee.call);
    std::optional<int64_t> answer =
        ApplyOwnRules(tracee.call, options_.one_stop, options_.vectored_memory);
    if (answer.has_value()) return Return(tracee, *answer);
  } else if (decision == TrapDecision::kNative && options_.one_stop) {
    return Return(tracee, -ENOSYS);  // a filter of the guest's own wants a tracer that it has not
  }
  if (decision == TrapDecision::kNative) return Continue(tracee);
  tracee.call.poll_for_next = gauge_.RoomToPoll();
  Dispatch(tracee);
}

// Once a tree: debuggers try again and again.
void CallRunner::NoteTracing(const StoppedCallInfo& call) {
  if (tracing_noted_ || !options_.report || !WantsToTrace(call)) return;
  tracing_noted_ = true;
  options_.report(TracingReport(call));
}

void CallRunner::Dispatch(Tracee& tracee) {
  CallSlot* slot = pool_.TakeIdle();
  if (slot == nullptr) return waiting_.push_back(&tracee);
  tracee.slot = slot;
  slot->tracee = &tracee;
  slot->Begin(tracee.call);
  if (tracee.process_stops) slot->process_stops = true;
  Attend(*slot);
}

void CallRunner::Attend(CallSlot& slot) {
  while (true) {
    switch (slot.AwaitWorker(kAttendMicroseconds)) {
      case CallSlot::kAsking:
        ServeRequest(slot);
        slot.AnswerRequest();
        break;
      case CallSlot::kDone: return Conclude(slot);
      default: return;  // detached: the mailbox will tell
    }
  }
}

void CallRunner::OnSlot(CallSlot& slot) {
  switch (slot.state()) {
    case CallSlot::kIdle: return pool_.Admit(&slot);
    case CallSlot::kLateAsking:
      ServeRequest(slot);
      return slot.AnswerRequest();
    case CallSlot::kLateDone: return Conclude(slot);
    default: return;
  }
}

void CallRunner::ServeWaiting() {
  while (!waiting_.empty() && pool_.has_idle()) {
    Tracee* next = waiting_.front();
    waiting_.pop_front();
    Dispatch(*next);
  }
}

void CallRunner::Forget(Tracee& tracee) {
  std::erase(waiting_, &tracee);
  if (tracee.slot == nullptr) return;
  tracee.slot->gone = true;
  tracee.slot->tracee = nullptr;
  tracee.slot = nullptr;
}

void CallRunner::ServeRequest(CallSlot& slot) {
  GuestRequest& request = slot.request();
  request.result = -ESRCH;
  if (slot.tracee == nullptr) return;
  Injection injection(*slot.tracee, stops_);
  request.result = Serve(injection, request);
  if (injection.alive()) return;
  if (request.kind == GuestRequest::Kind::kTake && request.result >= 0) ::close(request.result);
  request.result = -ESRCH;
}

int CallRunner::Serve(Injection& injection, const GuestRequest& request) {
  GuestMemory memory(injection.tid(), options_.vectored_memory);
  if (request.kind == GuestRequest::Kind::kInstall) {
    ErrnoOr<int> fd = InstallFdInGuest(injection, memory, door_, request.install);
    return fd.ok() ? *fd : -static_cast<int>(fd.error());
  }
  if (request.kind == GuestRequest::Kind::kTake) {
    ErrnoOr<UniqueFd> fd = HaveFdSent(injection, memory, door_, request.take);
    return fd.ok() ? fd->Release() : -static_cast<int>(fd.error());
  }
  for (TrappedCall::GuestCall& call : request.calls) {
    ErrnoOr<int64_t> result = injection.Call(call.number, call.args);
    call.result = result.ok() ? *result : -static_cast<int64_t>(result.error());
  }
  return 0;
}

void CallRunner::Conclude(CallSlot& slot) {
  Tracee* tracee = slot.tracee;
  const Verdict verdict = slot.verdict();
  const std::optional<TrappedCall::Replacement> replacement = std::move(slot.replacement());
  slot.tracee = nullptr;
  pool_.PutIdle(&slot);
  if (tracee == nullptr) return;
  tracee->slot = nullptr;
  const int64_t value = verdict.value();
  if (verdict.is_continue() && replacement) return Replace(*tracee, *replacement);
  if (verdict.is_continue()) return Continue(*tracee);
  if (IsRestart(value)) return Restart(*tracee);
  Return(*tracee, value);
}

void CallRunner::Continue(Tracee& tracee) {
  if (tracee.at == Tracee::At::kRunning) return;
  if (tracee.at == Tracee::At::kExitStop) {
    Injection injection(tracee, stops_);
    if (!injection.ReturnToEntry()) return;
    // From here the kernel goes straight to our filter; in two-stop mode the call just runs.
    if (options_.one_stop) tracee.let_go_at = tracee.regs.rip;
  }
  Resume(tracee);
}

void CallRunner::Return(Tracee& tracee, int64_t value) {
  switch (tracee.at) {
    case Tracee::At::kRunning: return;
    case Tracee::At::kSeccompStop:
      PtraceSetNumber(tracee.tid, kNoCall);
      PtraceSetResult(tracee.tid, value);
      break;
    case Tracee::At::kEntryStop:
      PtraceSetNumber(tracee.tid, kHarmlessCall);
      tracee.at_exit = Tracee::AtExit::kSetResult;
      tracee.result = value;
      break;
    case Tracee::At::kExitStop:
      tracee.regs.orig_rax = kNoCall;
      tracee.regs.rax = value;
      PtraceSetRegs(tracee.tid, tracee.regs);
      break;
  }
  Resume(tracee);
}

// The kernel's own restart logic needs the number of the call in its place at the end of a call.
void CallRunner::Restart(Tracee& tracee) {
  tracee.process_stops = false;
  if (tracee.at == Tracee::At::kRunning) return;
  if (tracee.at == Tracee::At::kExitStop) {
    PtraceSetRegs(tracee.tid, tracee.regs);
    return FinishRestart(tracee);
  }
  PtraceSetNumber(tracee.tid, options_.one_stop ? kNoCall : kHarmlessCall);
  tracee.at_exit = Tracee::AtExit::kRestart;
  Resume(tracee);
}

void CallRunner::FinishRestart(Tracee& tracee) {
  PtraceSetNumber(tracee.tid, tracee.call.number);
  PtraceSetResult(tracee.tid, kLastRestart);
  // Makes sure that the kernel looks for signals on the way out, even if another thread of the guest
  // has taken the one that was seen: only there is the call started again.
  PtraceInterrupt(tracee.tid);
  Resume(tracee);
}

void CallRunner::OnExit(Tracee& tracee) {
  const Tracee::AtExit todo = tracee.at_exit;
  tracee.at_exit = Tracee::AtExit::kNothing;
  if (todo == Tracee::AtExit::kRestart) return FinishRestart(tracee);
  if (todo == Tracee::AtExit::kEndReplacement) return EndReplacement(tracee);
  if (todo == Tracee::AtExit::kSetResult) PtraceSetResult(tracee.tid, tracee.result);
  Resume(tracee);
}

}  // namespace umsdk
