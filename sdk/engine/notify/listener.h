// Listener: the ioctls of seccomp user notification (seccomp_unotify(2)), one method each.
#ifndef SDK_ENGINE_NOTIFY_LISTENER_H_
#define SDK_ENGINE_NOTIFY_LISTENER_H_

#include <linux/seccomp.h>

#include <chrono>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "sdk/base/errno.h"
#include "sdk/base/unique_fd.h"

namespace umsdk {

// Room for what a later kernel may add: it writes as much as its own struct has.
union NotificationBuffer {
  seccomp_notif notification;
  char room[256];
};

// Thread-safe: it only holds the descriptor.
class Listener {
 public:
  enum class Outcome { kReceived, kNothing, kEnded };

  explicit Listener(UniqueFd fd);

  // Unavailable when this kernel, or a filter of this process's own, refuses one of the requests
  // below: to learn that from the first call would be too late. Needs no waiting call.
  absl::Status Check() const;
  // Waits for the next call. kNothing: a call vanished meanwhile, ask again. kEnded: no task uses
  // the filter any more, there will never be one.
  Outcome Receive(NotificationBuffer& buffer) const;
  // Waits for a call, but does not take it. False: none came in that time.
  bool AwaitCall(std::chrono::milliseconds limit) const;
  // For poll: readable while calls wait.
  int fd() const { return fd_.get(); }
  // Whether calls wait to be received.
  bool HasWaiting() const;
  // False when the guest thread is gone.
  bool Continue(uint64_t id) const;
  bool Answer(uint64_t id, int64_t value) const;
  bool IsValid(uint64_t id) const;
  // The number in the guest. `at` >= 0: that number, which is closed there first.
  ErrnoOr<int> AddFd(uint64_t id, int fd, bool close_on_exec, int at = -1) const;

 private:
  UniqueFd fd_;
  bool poll_first_;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_NOTIFY_LISTENER_H_
