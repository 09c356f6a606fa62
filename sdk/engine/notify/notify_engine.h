// NotifyEngine: catches calls by seccomp user notification (seccomp_unotify(2)). The default.
//
// ptrace stays free for the guests. Signals during a trapped call are delivered when it ends; a
// handler that waits asks TrappedCall::Interrupted. Needs Linux 5.9; 5.19 for signals and 6.6 for
// speed.
#ifndef SDK_ENGINE_NOTIFY_NOTIFY_ENGINE_H_
#define SDK_ENGINE_NOTIFY_NOTIFY_ENGINE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "sdk/engine/engine.h"

namespace umsdk {

class Watchdog;

// Thread-safe. Its trees share one watchdog.
class NotifyEngine : public Engine {
 public:
  NotifyEngine();
  const char* name() const override { return "notify"; }
  // Unavailable: the kernel or container refuses a mechanism; another engine may work.
  // FailedPrecondition: this process runs under a listener already.
  absl::StatusOr<std::unique_ptr<GuestTree>> Launch(const LaunchSpec& spec, const TrapSet& traps,
                                                    CallHandler& handler) override;
  // Every joined command has a listener and threads of its own. InvalidArgument, PermissionDenied:
  // who is at the other end may not join.
  absl::StatusOr<std::unique_ptr<GuestTree>> Admit(UniqueFd connection, const TrapSet& traps,
                                                   CallHandler& handler) override;

 private:
  const std::shared_ptr<Watchdog> watchdog_;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_NOTIFY_NOTIFY_ENGINE_H_
