// Dumpable: what processes asked for with PR_SET_DUMPABLE, which is answered but not done.
#ifndef SDK_CORE_DUMPABLE_H_
#define SDK_CORE_DUMPABLE_H_

#include <sys/types.h>

#include <map>
#include <optional>

#include "sdk/base/mutex.h"

namespace umsdk {

// By process id. Thread-safe.
class Dumpable {
 public:
  void Set(pid_t tgid, bool dumpable) {
    MutexLock lock(mutex_);
    asked_[tgid] = dumpable;
  }
  // What the process itself asked for; nullopt: nothing, so that its parent's wish counts.
  std::optional<bool> Get(pid_t tgid) const {
    MutexLock lock(mutex_);
    auto it = asked_.find(tgid);
    return it == asked_.end() ? std::nullopt : std::optional<bool>(it->second);
  }
  // An exec makes the process dumpable again.
  void NoteExec(pid_t tgid) {
    MutexLock lock(mutex_);
    if (!asked_.empty()) asked_[tgid] = true;
  }
  bool empty() const {
    MutexLock lock(mutex_);
    return asked_.empty();
  }

 private:
  mutable Mutex mutex_;
  std::map<pid_t, bool> asked_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // SDK_CORE_DUMPABLE_H_
