// Identities: who a guest thread is, without asking the kernel for all of it at each call.
//
// A thread's credentials change by calls of its own only, all of which are trapped (routes.cc), and
// by the exec of another thread of its process. What is known of a thread is dropped before such a
// call runs. The inode of /proc/TID tells whether the number still means the same thread.
#ifndef SDK_CORE_IDENTITIES_H_
#define SDK_CORE_IDENTITIES_H_

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "sdk/base/mutex.h"
#include "sdk/core/guest_info.h"

namespace umsdk {

// Thread-safe.
class Identities {
 public:
  // The thread waits in a trapped call. As ReadGuestStatus, but for what changes without it: umask,
  // tracer and parent are not set. Never null; a thread that is gone is nobody.
  std::shared_ptr<const GuestStatus> Of(pid_t tid);
  // The call that the thread waits in may give it another identity; `differs`: not the supervisor's.
  void WillChange(pid_t tid, bool differs);
  // The same for an exec, by which it may take the number of the thread that leads its process.
  void WillExec(pid_t tid);
  // Some thread has, or had, an identity that it took on by itself: not all are the supervisor's.
  bool differ() const { return differ_; }

 private:
  // Of /proc/TID.
  struct Mark {
    uint64_t inode = 0;
    uid_t uid = 0;
    gid_t gid = 0;
    bool operator==(const Mark&) const = default;
  };
  struct Known {
    Mark mark;
    std::shared_ptr<const GuestStatus> status;
  };
  static bool Look(pid_t tid, Mark& mark);
  std::shared_ptr<const GuestStatus> Recall(pid_t tid, const Mark& mark);
  void Keep(pid_t tid, const Mark& mark, std::shared_ptr<const GuestStatus> status);

  std::atomic<bool> differ_{false};
  Mutex mutex_;
  std::unordered_map<pid_t, Known> known_ UMSDK_GUARDED_BY(mutex_);
  // Processes in which a thread that does not lead has called exec: nothing is kept of them.
  std::unordered_set<pid_t> shifting_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // SDK_CORE_IDENTITIES_H_
