// Mutex: std::mutex with Clang's thread-safety annotations. std::mutex, because ThreadSanitizer
// understands it, while the distribution's Abseil is not instrumented.
#ifndef SDK_BASE_MUTEX_H_
#define SDK_BASE_MUTEX_H_

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define UMSDK_TS_ATTRIBUTE(x) __attribute__((x))
#else
#define UMSDK_TS_ATTRIBUTE(x)
#endif
#define UMSDK_GUARDED_BY(x) UMSDK_TS_ATTRIBUTE(guarded_by(x))
#define UMSDK_REQUIRES(...) UMSDK_TS_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define UMSDK_EXCLUDES(...) UMSDK_TS_ATTRIBUTE(locks_excluded(__VA_ARGS__))

namespace umsdk {

class UMSDK_TS_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  void lock() UMSDK_TS_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
  void unlock() UMSDK_TS_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
  bool try_lock() UMSDK_TS_ATTRIBUTE(try_acquire_capability(true)) { return mutex_.try_lock(); }

 private:
  std::mutex mutex_;
};

// Holds a Mutex for a scope.
class UMSDK_TS_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) UMSDK_TS_ATTRIBUTE(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() UMSDK_TS_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// A condition variable for Mutex; wait in a loop: `while (!ready_) cond_.wait(mutex_);`
using CondVar = std::condition_variable_any;

}  // namespace umsdk

#endif  // SDK_BASE_MUTEX_H_
