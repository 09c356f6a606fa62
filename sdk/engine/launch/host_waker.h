// HostWaker: continues a stopped host when its command is continued (LaunchSpec::continue_host).
//
// A host that stops with its command (umview in a shell's job) cannot see that somebody continues the
// command alone, and its guests' calls would wait. Whoever watches the guests does it for the host.
#ifndef SDK_ENGINE_LAUNCH_HOST_WAKER_H_
#define SDK_ENGINE_LAUNCH_HOST_WAKER_H_

#include <sys/types.h>

#include <cstdint>

namespace umsdk {

// Async-signal-safe. Not thread-safe.
struct HostWaker {
  // Set by the owner; borrowed.
  bool wanted = false;
  int proc = -1;  // a descriptor of /proc
  pid_t host = 0;
  int host_pidfd = -1;

  void OnStopped() { looks_ = 0; }
  // The host may be about to stop, for it heard of the command's stop only: so it is looked at for a
  // moment, and not once.
  void OnContinued();
  // In how many milliseconds Look() is due; -1: not at all.
  int TimeoutMs() const;
  void Look();

 private:
  int looks_ = 0;  // still to be taken
  int64_t next_ms_ = 0;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_HOST_WAKER_H_
