// Watchdog: a thread that looks after a guest tree's receivers and its warden.
#ifndef SDK_ENGINE_NOTIFY_WATCHDOG_H_
#define SDK_ENGINE_NOTIFY_WATCHDOG_H_

#include <pthread.h>

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "sdk/base/unique_fd.h"
#include "sdk/engine/launch/warden.h"
#include "sdk/engine/notify/receiver_pool.h"

namespace umsdk {

// While calls come it looks every few milliseconds whether a handler keeps others waiting, and has
// it relieved. When none has come for a while, it sleeps until the next one.
// When the warden is killed, it has the pool abandon the guests.
class Watchdog {
 public:
  // Both outlive it.
  Watchdog(ReceiverPool& pool, const Warden& warden) : pool_(pool), warden_(warden) {}
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  absl::Status Start();

 private:
  static void* ThreadMain(void* watchdog);
  void Run();
  int Tick();
  void Wait(int timeout_ms);

  ReceiverPool& pool_;
  const Warden& warden_;
  UniqueFd wake_;  // an eventfd
  pthread_t thread_ = {};
  bool started_ = false;
  std::atomic<bool> stopping_ = false;
  // The thread's own.
  uint64_t calls_ = 0;
  int interval_ms_ = 0;
  bool warden_ended_ = false;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_NOTIFY_WATCHDOG_H_
