// PtraceTree: the GuestTree of the ptrace engine.
#ifndef SDK_ENGINE_PTRACE_PTRACE_TREE_H_
#define SDK_ENGINE_PTRACE_PTRACE_TREE_H_

#include <memory>

#include "sdk/base/unique_fd.h"
#include "sdk/engine/engine.h"
#include "sdk/engine/ptrace/call_runner.h"
#include "sdk/engine/ptrace/first_guest.h"
#include "sdk/engine/ptrace/mailbox.h"
#include "sdk/engine/ptrace/tracer_task.h"
#include "sdk/engine/ptrace/trap_matcher.h"
#include "sdk/engine/ptrace/tree_state.h"
#include "sdk/engine/ptrace/worker_pool.h"

namespace umsdk {

// Owns the tracer's task, its workers, and through them the guests.
class PtraceTree final : public GuestTree {
 public:
  PtraceTree(const CallRunner::Options& options, const TrapSet& traps, CallHandler& handler,
             std::unique_ptr<FirstGuest> start);
  ~PtraceTree() override;

  absl::Status Start();  // once, first

  pid_t pid() const override { return pid_; }
  GuestEvent WaitEvent() override { return state_.WaitEvent(); }
  int event_fd() const override { return state_.event_fd(); }
  absl::Status Signal(int signal) override;
  void Terminate(std::chrono::milliseconds grace, bool linger) override;

 private:
  void RunTracer();    // in the task
  void OnTracerEnd();  // in its anchor thread

  const CallRunner::Options options_;
  const TrapMatcher traps_;
  const std::unique_ptr<FirstGuest> start_;
  bool task_started_ = false;
  pid_t pid_ = 0;
  UniqueFd pidfd_;  // of the command, however its number is used later
  TreeState state_;
  TracerTask task_;
  Mailbox mailbox_;
  WorkerPool pool_;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_PTRACE_TREE_H_
