// CallRunner: brings the stopped calls of guests to workers and carries out their verdicts.
#ifndef SDK_ENGINE_PTRACE_CALL_RUNNER_H_
#define SDK_ENGINE_PTRACE_CALL_RUNNER_H_

#include <linux/ptrace.h>

#include <deque>
#include <functional>
#include <string>

#include "sdk/engine/ptrace/idle_gauge.h"
#include "sdk/engine/ptrace/injection.h"
#include "sdk/engine/ptrace/stop_source.h"
#include "sdk/engine/ptrace/tracee.h"
#include "sdk/engine/ptrace/trap_matcher.h"
#include "sdk/engine/ptrace/worker_pool.h"
#include "sdk/engine/rights/guest_door.h"

namespace umsdk {

// The tracer's.
class CallRunner {
 public:
  struct Options {
    bool one_stop = true;  // a filter of ours stops the trapped calls, and those alone
    bool vectored_memory = true;
    std::function<void(const std::string&)> report = nullptr;
  };

  CallRunner(const Options& options, const TrapMatcher& traps, WorkerPool& pool, StopSource& stops)
      : options_(options), traps_(traps), pool_(pool), stops_(stops) {}

  // The thread stands at a seccomp stop.
  void OnSeccompStop(Tracee& tracee);
  // The thread stands at the entry or the exit of a call.
  void OnSyscallStop(Tracee& tracee);
  // A worker is new, asks, or is done with a call that was detached.
  void OnSlot(CallSlot& slot);
  // Brings calls that found no free worker to those that have become free.
  void ServeWaiting();
  // The thread has become another program.
  void OnExec(Tracee& tracee);
  // The thread has ended; a worker may still have its call.
  void Forget(Tracee& tracee);
  // Lets the thread run on, with a signal if that is not 0.
  void Resume(Tracee& tracee, int signal = 0);

 private:
  // ERESTARTSYS .. ERESTART_RESTARTBLOCK: the kernel's own, never seen by a program.
  static constexpr int64_t kFirstRestart = -516;
  static constexpr int64_t kLastRestart = -512;
  static bool IsRestart(int64_t value) { return value >= kFirstRestart && value <= kLastRestart; }

  void OnEntry(Tracee& tracee, const ptrace_syscall_info& info);
  void OnExit(Tracee& tracee);
  bool LetGoBefore(Tracee& tracee, uint64_t instruction);
  void Decide(Tracee& tracee, bool foreign);
  void NoteTracing(const StoppedCallInfo& call);
  void Dispatch(Tracee& tracee);
  void Attend(CallSlot& slot);
  void ServeRequest(CallSlot& slot);
  int Serve(Injection& injection, const GuestRequest& request);
  void Conclude(CallSlot& slot);
  void Continue(Tracee& tracee);
  void Replace(Tracee& tracee, const TrappedCall::Replacement& replacement);
  void EndReplacement(Tracee& tracee);
  void Return(Tracee& tracee, int64_t value);
  void Restart(Tracee& tracee);
  void FinishRestart(Tracee& tracee);

  const Options options_;
  const TrapMatcher& traps_;
  WorkerPool& pool_;
  StopSource& stops_;
  IdleGauge gauge_;
  GuestDoor door_;
  bool tracing_noted_ = false;
  std::deque<Tracee*> waiting_;  // for a free worker
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_CALL_RUNNER_H_
