// ReceiverPool: the threads that take trapped calls from a listener and handle them.
//
// Leader and followers: one thread at a time receives (two in RECV double the price of a call), and
// handles what it got without handing over, so the usual call wakes no other thread. When its
// handler is about to block, or has been at it for long while calls wait, another one becomes the
// leader; the pool grows as far as needed. The pool of a background tree parks when no call comes:
// all its threads end, and the Watchdog waits at the listener for the next call.
#ifndef SDK_ENGINE_NOTIFY_RECEIVER_POOL_H_
#define SDK_ENGINE_NOTIFY_RECEIVER_POOL_H_

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sdk/base/mutex.h"
#include "sdk/base/unique_fd.h"
#include "sdk/engine/engine.h"
#include "sdk/engine/launch/errands.h"
#include "sdk/engine/notify/known_guests.h"
#include "sdk/engine/notify/listener.h"
#include "sdk/engine/notify/notify_call.h"
#include "sdk/engine/notify/thread_pidfds.h"

namespace umsdk {

// Thread-safe. Its threads block all signals, so the host's are never delivered there.
class ReceiverPool : public std::enable_shared_from_this<ReceiverPool> {
 public:
  // `handler` outlives the call of Stop. `parks`: a call costs one system call more then.
  ReceiverPool(UniqueFd listener, std::shared_ptr<Warden> warden, CallHandler& handler,
               bool parks = false);
  ~ReceiverPool();
  ReceiverPool(const ReceiverPool&) = delete;
  ReceiverPool& operator=(const ReceiverPool&) = delete;

  // Starts the first receiver. ResourceExhausted when no thread can be had; see Listener::Check.
  absl::Status Start() UMSDK_EXCLUDES(mutex_);
  // Waits until no guest is left and every thread has ended. After Abandon, which leaves guests
  // that cannot be found, it waits for a while only and then leaves a waiting thread behind.
  void Stop() UMSDK_EXCLUDES(mutex_);

  // Nobody watches the guests any more: kills all known, and whoever makes a trapped call later.
  void Abandon();

  // ---- for the Watchdog ----
  struct Activity {
    uint64_t calls = 0;  // received so far
    bool handling = false;
    bool parked = false;
  };
  // `wake`, an eventfd, is written when the pool parks, and at the call that SleepUntilCall waits
  // for. Once, before Start.
  void SetWake(std::shared_ptr<const UniqueFd> wake) { wake_ = std::move(wake); }
  Activity Look() UMSDK_EXCLUDES(mutex_);
  // Makes another thread the leader if calls wait for the present one.
  void RelieveIfAwaited() UMSDK_EXCLUDES(mutex_);
  // Until the next call is received, when `wake` is written. False: one came already.
  bool SleepUntilCall(uint64_t calls_seen);
  void StopSleeping() { sleeping_.store(false); }
  // Where the next call of a parked pool is to be awaited.
  int listener_fd() const { return listener_.fd(); }
  // Receives again. False: no thread can be had.
  bool Unpark() UMSDK_EXCLUDES(mutex_);

 private:
  enum class Role { kReceiving, kHandling, kRelieved };

  struct Worker : BlockingObserver {
    explicit Worker(ReceiverPool& owner) : pool(owner) {}
    bool OnWillBlock() override { return pool.Relieve(*this); }

    ReceiverPool& pool;
    std::shared_ptr<ReceiverPool> keep_alive;
    pthread_t thread = {};
    std::atomic<Role> role = Role::kReceiving;
    bool finished = false;  // guarded by the pool's mutex_
  };

  static void* ThreadMain(void* worker);
  void Run(Worker& worker);
  bool BecomeLeader(Worker& worker) UMSDK_EXCLUDES(mutex_);
  void Lead(Worker& worker);
  bool ParkIfQuiet() UMSDK_EXCLUDES(mutex_);
  bool Park() UMSDK_EXCLUDES(mutex_);
  void NoteReceived();
  void WakeWatchdog() const;
  void HandleOne(Worker& worker, const seccomp_notif& notification);
  bool Relieve(Worker& worker) UMSDK_EXCLUDES(mutex_);
  bool Spawn() UMSDK_REQUIRES(mutex_);
  void JoinFinished() UMSDK_REQUIRES(mutex_);
  void End() UMSDK_EXCLUDES(mutex_);

  const Listener listener_;
  CallHandler& handler_;
  const bool parks_;
  ThreadPidfds pidfds_;
  KnownGuests guests_;
  Errands errands_;
  ReturningCalls returning_;
  GuestDoor door_;
  const GuestReach reach_ = {listener_, pidfds_, errands_, returning_, door_};
  std::atomic<bool> abandoned_ = false;
  std::atomic<uint64_t> calls_ = 0;
  std::atomic<bool> sleeping_ = false;  // the watchdog, until a call comes
  std::shared_ptr<const UniqueFd> wake_;

  Mutex mutex_;
  CondVar changed_;
  Worker* leader_ UMSDK_GUARDED_BY(mutex_) = nullptr;
  int idle_ UMSDK_GUARDED_BY(mutex_) = 0;
  int live_ UMSDK_GUARDED_BY(mutex_) = 0;
  bool ended_ UMSDK_GUARDED_BY(mutex_) = false;
  bool parked_ UMSDK_GUARDED_BY(mutex_) = false;
  bool stopped_ UMSDK_GUARDED_BY(mutex_) = false;  // no thread is started any more
  std::vector<std::unique_ptr<Worker>> workers_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // SDK_ENGINE_NOTIFY_RECEIVER_POOL_H_
