// ReturningCalls: calls whose threads were sent back to make them again, in the middle of a handler.
//
// An errand (see Errands) takes a thread out of its notification. A handler that wants to go on as if
// nothing had been waits here for the notification that follows when the thread has been let go.
#ifndef SDK_ENGINE_NOTIFY_RETURNING_CALLS_H_
#define SDK_ENGINE_NOTIFY_RETURNING_CALLS_H_

#include <linux/seccomp.h>
#include <sys/types.h>

#include <atomic>
#include <functional>
#include <list>

#include "sdk/base/errno.h"
#include "sdk/base/mutex.h"

namespace umsdk {

// Thread-safe.
class ReturningCalls {
 private:
  enum class State { kExpected, kArrived, kElsewhere };
  struct Entry {
    pid_t tid;
    seccomp_data call;
    State state = State::kExpected;
    uint64_t id = 0;
  };

 public:
  using Ticket = std::list<Entry>::iterator;

  // Before the thread is let go: the next notification of it belongs to the one Await that must
  // follow, if it is the same call.
  Ticket Expect(pid_t tid, const seccomp_data& call) UMSDK_EXCLUDES(mutex_);
  // The id of the new notification. ESRCH: the thread is gone (`is_alive` is asked now and then), or
  // does something else first (a signal's handler): its call comes as a new one then.
  ErrnoOr<uint64_t> Await(Ticket ticket, const std::function<bool()>& is_alive)
      UMSDK_EXCLUDES(mutex_);
  // What is received goes here first. True: a handler waited for it and has it now.
  bool Deliver(const seccomp_notif& notification) {
    return expected_.load(std::memory_order_relaxed) != 0 && DeliverExpected(notification);
  }

 private:
  bool DeliverExpected(const seccomp_notif& notification) UMSDK_EXCLUDES(mutex_);

  std::atomic<int> expected_ = 0;  // as many as there are entries
  Mutex mutex_;
  CondVar changed_;
  // Of one thread several may still be here, but one at most is kExpected.
  std::list<Entry> entries_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // SDK_ENGINE_NOTIFY_RETURNING_CALLS_H_
