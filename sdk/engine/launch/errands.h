// Errands: guest threads run system calls for the host.
#ifndef SDK_ENGINE_LAUNCH_ERRANDS_H_
#define SDK_ENGINE_LAUNCH_ERRANDS_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <span>

#include "sdk/base/errno.h"
#include "sdk/base/mutex.h"
#include "sdk/engine/engine.h"
#include "sdk/engine/launch/warden.h"

namespace umsdk {

// Thread-safe. One errand a tree at a time (see WardenErrand): from Acquire to Finish, or to a Run
// that failed.
class Errands {
 public:
  explicit Errands(std::shared_ptr<Warden> warden) : warden_(std::move(warden)) {}
  Errands(const Errands&) = delete;
  Errands& operator=(const Errands&) = delete;

  // Waits until no other errand is under way.
  void Acquire() UMSDK_EXCLUDES(mutex_);
  // Ends the notification in which `tid` waits, has the thread run the calls, and leaves it stopped
  // until Finish. May be repeated before that. An error is the end of the errand: EPERM, a tracer
  // holds the thread, which still waits in its notification; ESRCH, it is gone.
  // Trapped calls among them come as notifications, see IsRunning.
  ErrnoOrOk Run(pid_t tid, uint64_t notification, std::span<TrappedCall::GuestCall> calls)
      UMSDK_EXCLUDES(mutex_);
  // The same without any call: the thread is taken, to be finished or its call replaced.
  ErrnoOrOk Take(pid_t tid, uint64_t notification) UMSDK_EXCLUDES(mutex_);
  // The result of the call that was trapped.
  void Finish(int64_t value) UMSDK_EXCLUDES(mutex_);
  // Ends the errand with another call in place of the trapped one. Returns when that has come back, or
  // has made the thread's `process` another program. At most ErrandPage::kMaxCalls in all.
  void Replace(pid_t process, const TrappedCall::Replacement& replacement) UMSDK_EXCLUDES(mutex_);
  // Whether what `tid` calls now belongs to an errand: it must be continued at once.
  bool IsRunning(pid_t tid) const { return warden_->errand_page().running.load() == tid; }

 private:
  void Release() UMSDK_EXCLUDES(mutex_);
  ErrnoOrOk RunSome(const WardenOrder& order, std::span<TrappedCall::GuestCall> calls);
  bool Carry(const WardenOrder& order, std::span<const TrappedCall::GuestCall> calls);
  bool AwaitDone();

  const std::shared_ptr<Warden> warden_;
  Mutex mutex_;
  CondVar released_;
  bool busy_ UMSDK_GUARDED_BY(mutex_) = false;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_ERRANDS_H_
