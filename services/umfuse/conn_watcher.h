// ConnWatcher: one thread for all mounts that reads what daemons send while nobody waits for them,
// and notices their end.
#ifndef SERVICES_UMFUSE_CONN_WATCHER_H_
#define SERVICES_UMFUSE_CONN_WATCHER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_map>

#include "sdk/base/mutex.h"
#include "sdk/base/unique_fd.h"

namespace umsdk::umfuse {

// Thread-safe. The thread starts with the first Watch. A descriptor that was readable is looked at
// again after a moment only, so that a busy mount, whose callers read by themselves, does not wake
// the thread for every reply.
class ConnWatcher {
 public:
  enum class Next { kEnd, kLater, kSoon };
  ConnWatcher() = default;
  ~ConnWatcher();
  ConnWatcher(const ConnWatcher&) = delete;
  ConnWatcher& operator=(const ConnWatcher&) = delete;

  // Calls `on_readable` from the thread whenever `fd` is readable or at its end; kEnd ends the watch,
  // kSoon makes the moment a short one. The descriptor must stay open until then or until Unwatch.
  // Returns a number for it, 0 on failure.
  using OnReadable = std::function<Next()>;
  uint64_t Watch(int fd, OnReadable on_readable);
  // After it the function is not called any more. Not from within it.
  void Unwatch(uint64_t id);

 private:
  struct Watched {
    int fd = -1;
    OnReadable on_readable;
  };
  bool Start() UMSDK_REQUIRES(mutex_);
  void Run();
  void Arm(uint64_t id, int operation, int fd);

  UniqueFd epoll_, wake_;
  std::atomic<bool> stop_{false};
  Mutex call_mutex_;  // held while a function is called; taken before mutex_
  Mutex mutex_;
  uint64_t next_ UMSDK_GUARDED_BY(mutex_) = 1;
  std::unordered_map<uint64_t, Watched> watched_ UMSDK_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_CONN_WATCHER_H_
