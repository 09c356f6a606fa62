// ThreadPidfds: descriptors of guests, taken through a pidfd of their thread.
#ifndef SDK_ENGINE_NOTIFY_THREAD_PIDFDS_H_
#define SDK_ENGINE_NOTIFY_THREAD_PIDFDS_H_

#include <sys/types.h>

#include <array>
#include <functional>

#include "sdk/base/errno.h"
#include "sdk/base/mutex.h"
#include "sdk/base/unique_fd.h"

namespace umsdk {

// Thread-safe. Keeps a few pidfds open: making one costs more than using it.
class ThreadPidfds {
 public:
  // A duplicate of descriptor `fd` of thread `tid`. `still_there` tells, after a new pidfd was
  // opened, whether the number still meant the guest: a number may be given to another thread.
  // ESRCH: the thread is gone.
  ErrnoOr<UniqueFd> Take(pid_t tid, int fd, const std::function<bool()>& still_there)
      UMSDK_EXCLUDES(mutex_);

 private:
  struct Slot {
    pid_t tid = 0;
    UniqueFd pidfd;
  };

  Mutex mutex_;
  std::array<Slot, 64> slots_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // SDK_ENGINE_NOTIFY_THREAD_PIDFDS_H_
