// Mailbox: how other threads reach the tracer, which sleeps until a guest stops or it is woken.
#ifndef SDK_ENGINE_PTRACE_MAILBOX_H_
#define SDK_ENGINE_PTRACE_MAILBOX_H_

#include <functional>
#include <utility>
#include <vector>

#include "sdk/base/mutex.h"
#include "sdk/engine/ptrace/call_slot.h"

namespace umsdk {

// Thread-safe.
class Mailbox {
 public:
  struct Letters {
    std::vector<CallSlot*> slots;     // new workers (kIdle), requests and verdicts of detached calls
    std::vector<int> signals_to_all;  // for every process of the tree
    bool kill = false;                // SIGKILL to all, and to whatever they still fork
  };

  // `wake` is called after each Put, from the thread that puts.
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void PutSlot(CallSlot* slot) {
    Put([&](Letters& letters) { letters.slots.push_back(slot); });
  }
  void PutSignal(int signal) {
    Put([&](Letters& letters) { letters.signals_to_all.push_back(signal); });
  }
  void PutKill() {
    Put([](Letters& letters) { letters.kill = true; });
  }
  Letters TakeAll() {
    MutexLock lock(mutex_);
    return std::exchange(letters_, Letters());
  }

 private:
  template <typename Fn>
  void Put(Fn fn) {
    {
      MutexLock lock(mutex_);
      fn(letters_);
    }
    wake_();
  }

  Mutex mutex_;
  Letters letters_ UMSDK_GUARDED_BY(mutex_);
  const std::function<void()> wake_;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_MAILBOX_H_
