// GuestMutex: a lock that may be held while a file system is asked, which may not answer. A guest's
// call that waits for it can be killed.
#ifndef SDK_CORE_GUEST_MUTEX_H_
#define SDK_CORE_GUEST_MUTEX_H_

#include <chrono>

#include "sdk/base/mutex.h"
#include "umsdk/waiting.h"

namespace umsdk {

class UMSDK_TS_ATTRIBUTE(capability("mutex")) GuestMutex {
 public:
  // False: the guest whose call this thread handles is dying, or its time is over. Threads of the
  // SDK's own wait for as long as it takes.
  bool LockForGuest() {
    Waiting* waiting = Waiting::Current();
    MutexLock lock(mutex_);
    while (locked_) {
      freed_.wait_for(mutex_, kTick);
      if (!locked_ || waiting == nullptr) continue;
      waiting->WillBlock();
      if (waiting->Killed() || std::chrono::steady_clock::now() >= waiting->GiveUpAt()) return false;
    }
    return locked_ = true;
  }
  bool try_lock() UMSDK_TS_ATTRIBUTE(try_acquire_capability(true)) {
    MutexLock lock(mutex_);
    return locked_ ? false : (locked_ = true);
  }
  void unlock() UMSDK_TS_ATTRIBUTE(release_capability()) {
    MutexLock lock(mutex_);
    locked_ = false;
    freed_.notify_one();
  }

 private:
  static constexpr std::chrono::milliseconds kTick{20};
  Mutex mutex_;
  CondVar freed_;
  bool locked_ UMSDK_GUARDED_BY(mutex_) = false;
};

// Holds a GuestMutex for a scope, if it could be had: ask held() first.
class UMSDK_TS_ATTRIBUTE(scoped_lockable) GuestLock {
 public:
  explicit GuestLock(GuestMutex& mutex) UMSDK_TS_ATTRIBUTE(acquire_capability(mutex))
      : mutex_(mutex), held_(mutex.LockForGuest()) {}
  ~GuestLock() UMSDK_TS_ATTRIBUTE(release_capability()) {
    if (held_) mutex_.unlock();
  }
  GuestLock(const GuestLock&) = delete;
  GuestLock& operator=(const GuestLock&) = delete;
  bool held() const { return held_; }

 private:
  GuestMutex& mutex_;
  const bool held_;
};

}  // namespace umsdk

#endif  // SDK_CORE_GUEST_MUTEX_H_
