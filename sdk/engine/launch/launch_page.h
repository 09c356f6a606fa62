// LaunchPage: the memory that the host, the warden and the command share until the command's exec.
#ifndef SDK_ENGINE_LAUNCH_LAUNCH_PAGE_H_
#define SDK_ENGINE_LAUNCH_LAUNCH_PAGE_H_

#include <atomic>

namespace umsdk {

// What was being done when a launch failed.
enum class LaunchStep : int {
  kNone,
  kPipe,
  kFork,
  kProcessGroup,
  kStdio,
  kDirectory,
  kNoNewPrivileges,
  kFilter,
  kTakeListener,
  kDied,  // the child was killed before its exec
};

// Written by one process a field; the pipe, the socket and the futex order the accesses.
struct LaunchPage {
  std::atomic<int> listener = -1;  // the number that the child's listener has in the child
  std::atomic<int> helper = 0;     // the pid of the handover's helper
  std::atomic<bool> filtered = false;    // everything is done but the exec
  std::atomic<bool> has_filter = false;  // and a filter of ours is installed
  std::atomic<LaunchStep> failed_step = LaunchStep::kNone;
  std::atomic<int> failed_errno = 0;
  std::atomic<int> exec_errno = 0;
  std::atomic<int> released = 0;  // a futex: the child execs once it is 1
  std::atomic<int> command_status = -1;  // as wait4(2) gives it, once the command has ended
  std::atomic<bool> ended = false;       // the warden has done all it had to
};

static_assert(std::atomic<int>::is_always_lock_free &&
              std::atomic<LaunchStep>::is_always_lock_free);

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_LAUNCH_PAGE_H_
