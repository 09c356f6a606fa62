// Tracee: what the tracer knows of one guest thread.
#ifndef SDK_ENGINE_PTRACE_TRACEE_H_
#define SDK_ENGINE_PTRACE_TRACEE_H_

#include <sys/types.h>
#include <sys/user.h>

#include <cstdint>
#include <vector>

#include "sdk/engine/ptrace/call_slot.h"

namespace umsdk {

struct Tracee {
  // Where the thread stands while a call of it is being decided.
  enum class At {
    kRunning,
    kSeccompStop,  // one-stop mode: number -1 makes the kernel skip the call and keep rax
    kEntryStop,    // two-stop mode: the result can only be set at the exit stop that follows
    kExitStop,     // calls of ours were injected: the guest's has not run, `regs` is its state
  };
  // What is left to do at the next exit stop.
  enum class AtExit { kNothing, kSetResult, kRestart, kEndReplacement };

  pid_t tid = 0;
  At at = At::kRunning;
  StoppedCallInfo call;
  CallSlot* slot = nullptr;  // the worker that has `call`
  AtExit at_exit = AtExit::kNothing;
  int64_t result = 0;  // for kSetResult
  std::vector<TrappedCall::GuestCall> afterwards;  // for kEndReplacement: to be run first
  user_regs_struct regs = {};
  // The next stop at this instruction is a call that has its verdict already; 0: none.
  uint64_t let_go_at = 0;
  // Not yet at the first execve: its calls are those of our own launching code.
  bool launching = false;
  // A group stop began while injected calls ran: to be caught up with when it runs again.
  bool stop_again = false;
  // Its process is being stopped, which nothing but another thread's stop tells: calls that wait are
  // to give way, or the stop would not be complete.
  bool process_stops = false;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_TRACEE_H_
