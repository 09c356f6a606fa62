// Tracer: the main loop of the task that traces a guest tree.
#ifndef SDK_ENGINE_PTRACE_TRACER_H_
#define SDK_ENGINE_PTRACE_TRACER_H_

#include <sys/types.h>

#include <memory>
#include <unordered_map>

#include "absl/status/status.h"
#include "sdk/base/unique_fd.h"
#include "sdk/engine/launch/host_waker.h"
#include "sdk/engine/ptrace/call_runner.h"
#include "sdk/engine/ptrace/first_guest.h"
#include "sdk/engine/ptrace/mailbox.h"
#include "sdk/engine/ptrace/stop_source.h"
#include "sdk/engine/ptrace/tracee.h"
#include "sdk/engine/ptrace/tracer_task.h"
#include "sdk/engine/ptrace/tree_state.h"

namespace umsdk {

// Lives in the tracer's task. Every process and thread of the tree is a tracee from its birth on, and
// dies with this task (PTRACE_O_EXITKILL).
class Tracer {
 public:
  Tracer(const CallRunner::Options& options, const TrapMatcher& traps, WorkerPool& pool,
         Mailbox& mailbox, TreeState& state, TracerTask& task);

  // Starts the command and serves the tree until nobody is left of it.
  void Run(FirstGuest& start);

 private:
  absl::Status StartCommand(FirstGuest& start);
  absl::Status HoldJoined(const FirstGuest& start, uint64_t options);
  bool ServeStops();  // false: nobody is left
  void ServeMailbox();
  Tracee& Find(pid_t tid);
  void OnReport(pid_t tid, int status);
  void OnEnd(pid_t tid, int status);
  void OnEventStop(Tracee& tracee, int signal);
  void TellSiblings(const Tracee& stopped);
  void OnExec(pid_t tid);
  void SignalAll(int signal);
  void PrepareWaker(const FirstGuest& start);

  const CallRunner::Options options_;
  Mailbox& mailbox_;
  TreeState& state_;
  TracerTask& task_;
  StopSource stops_;
  CallRunner calls_;
  std::unordered_map<pid_t, std::unique_ptr<Tracee>> tracees_;
  FirstGuest* start_ = nullptr;
  UniqueFd proc_;
  UniqueFd host_;  // a pidfd
  HostWaker waker_;
  pid_t command_ = 0;
  bool command_stopped_ = false;
  bool killing_ = false;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_TRACER_H_
