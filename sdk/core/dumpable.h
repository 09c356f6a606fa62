// Dumpable: processes that believe to be undumpable (PR_SET_DUMPABLE). Thread-safe.
#ifndef SDK_CORE_DUMPABLE_H_
#define SDK_CORE_DUMPABLE_H_

#include <sys/types.h>

#include <set>

#include "sdk/base/mutex.h"

namespace umsdk {

class Dumpable {
 public:
  void Set(pid_t tgid, bool dumpable) {
    MutexLock lock(mutex_);
    if (dumpable) {
      undumpable_.erase(tgid);
    } else {
      undumpable_.insert(tgid);
    }
  }
  bool IsUndumpable(pid_t tgid) {
    MutexLock lock(mutex_);
    return undumpable_.contains(tgid);
  }
  bool empty() {
    MutexLock lock(mutex_);
    return undumpable_.empty();
  }

 private:
  Mutex mutex_;
  std::set<pid_t> undumpable_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // SDK_CORE_DUMPABLE_H_
