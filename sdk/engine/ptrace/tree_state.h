// TreeState: what the tracer tells the host's threads of its guests.
#ifndef SDK_ENGINE_PTRACE_TREE_STATE_H_
#define SDK_ENGINE_PTRACE_TREE_STATE_H_

#include <chrono>
#include <deque>
#include <optional>

#include "absl/status/statusor.h"
#include "sdk/base/mutex.h"
#include "sdk/base/unique_fd.h"
#include "sdk/engine/engine.h"

namespace umsdk {

// Thread-safe.
class TreeState {
 public:
  struct Command {
    pid_t pid = 0;
    UniqueFd pidfd;
  };

  TreeState();

  // ---- the tracer's side ----
  void SetStarted(absl::StatusOr<Command> command);
  void PushEvent(const GuestEvent& event);  // nothing follows kExited and kLost
  void SetEnded();                          // no guest is left

  // ---- the host's side ----
  absl::StatusOr<Command> AwaitStart();  // once
  GuestEvent WaitEvent();
  int event_fd() const { return event_fd_.get(); }
  // False: there are still guests after `timeout`.
  bool AwaitEnd(std::optional<std::chrono::milliseconds> timeout);

 private:
  static bool IsLast(const GuestEvent& event);

  Mutex mutex_;
  CondVar changed_;
  std::optional<absl::StatusOr<Command>> started_ UMSDK_GUARDED_BY(mutex_);
  std::deque<GuestEvent> events_ UMSDK_GUARDED_BY(mutex_);
  bool last_pushed_ UMSDK_GUARDED_BY(mutex_) = false;
  bool ended_ UMSDK_GUARDED_BY(mutex_) = false;
  UniqueFd event_fd_;  // readable while events_ is not empty
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_TREE_STATE_H_
