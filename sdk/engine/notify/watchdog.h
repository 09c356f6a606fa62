// Watchdog: a thread that looks after the receivers and the wardens of an engine's guest trees.
#ifndef SDK_ENGINE_NOTIFY_WATCHDOG_H_
#define SDK_ENGINE_NOTIFY_WATCHDOG_H_

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>

#include "absl/status/status.h"
#include "sdk/base/mutex.h"
#include "sdk/base/unique_fd.h"
#include "sdk/engine/launch/warden.h"
#include "sdk/engine/notify/receiver_pool.h"

namespace umsdk {

// While calls come it looks every few milliseconds whether a handler keeps others waiting, and has
// it relieved. When none has come for a while, it sleeps until the next one. Of a parked pool it
// awaits the next call, and has it received then.
// When a warden is killed, it has the pool abandon the guests.
//
// Thread-safe. Lock order: mutex_, then a pool's.
class Watchdog {
 public:
  Watchdog() = default;
  ~Watchdog();  // nothing is watched any more
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Until Forget, which both outlive. Before the pool's Start.
  absl::Status Watch(ReceiverPool& pool, const Warden& warden) UMSDK_EXCLUDES(mutex_);
  void Forget(ReceiverPool& pool) UMSDK_EXCLUDES(mutex_);

 private:
  using Clock = std::chrono::steady_clock;
  enum class Mood { kLooking, kAsleep, kAwaitingCall };

  struct Watched {
    ReceiverPool* pool;
    const Warden* warden;
    Mood mood = Mood::kLooking;
    Clock::time_point next_look = {};
    uint64_t calls = 0;
    int interval_ms = 0;
  };

  static void* ThreadMain(void* watchdog);
  absl::Status StartThread() UMSDK_REQUIRES(mutex_);
  void Wake() const;
  void Run();
  int LookAtAll() UMSDK_EXCLUDES(mutex_);
  void Look(uint64_t id, Watched& watched) UMSDK_REQUIRES(mutex_);
  void LookSoon(Watched& watched, int interval_ms);
  void OnEvent(uint64_t key) UMSDK_EXCLUDES(mutex_);
  void OnWake() UMSDK_REQUIRES(mutex_);
  void AwaitCall(uint64_t id, Watched& watched) UMSDK_REQUIRES(mutex_);
  void OnCall(Watched& watched) UMSDK_REQUIRES(mutex_);

  Mutex mutex_;
  UniqueFd epoll_;
  std::shared_ptr<const UniqueFd> wake_;  // an eventfd
  pthread_t thread_ = {};
  bool started_ UMSDK_GUARDED_BY(mutex_) = false;
  std::atomic<bool> stopping_ = false;
  uint64_t last_id_ UMSDK_GUARDED_BY(mutex_) = 0;
  std::map<uint64_t, Watched> watched_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // SDK_ENGINE_NOTIFY_WATCHDOG_H_
