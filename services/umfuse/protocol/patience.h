// Patience: how long a call waits for a daemon. A guest's call waits until the daemon answers or
// the guest is killed; a thread of the SDK's own, which serves all mounts, waits for a bounded
// time.
#ifndef SERVICES_UMFUSE_PROTOCOL_PATIENCE_H_
#define SERVICES_UMFUSE_PROTOCOL_PATIENCE_H_

#include <algorithm>
#include <chrono>

#include "sdk/base/errno.h"
#include "umsdk/waiting.h"

namespace umsdk::umfuse {

class Patience {
 public:
  using Clock = std::chrono::steady_clock;
  // Between two looks at the guest.
  static constexpr std::chrono::milliseconds kTick{20};
  enum class Advice { kWait, kInterrupt, kGiveUp };

  explicit Patience(std::chrono::milliseconds own_limit)
      : waiting_(Waiting::Current()),
        next_look_(Clock::now() + kTick),
        end_(waiting_ != nullptr ? waiting_->GiveUpAt() : Clock::now() + own_limit) {
    if (waiting_ != nullptr) waiting_->WillBlock();
  }

  // What to do after a while without an answer. kInterrupt comes once.
  Advice Ask() {
    Clock::time_point now = Clock::now();
    if (now < next_look_) return Advice::kWait;
    next_look_ = now + kTick;
    if (now >= end_) return GiveUp(Errno(ETIMEDOUT));
    if (waiting_ == nullptr) return Advice::kWait;
    if (waiting_->Killed()) return GiveUp(Errno(EINTR));
    if (interrupted_ || !waiting_->Interrupted()) return Advice::kWait;
    interrupted_ = true;
    return Advice::kInterrupt;
  }
  // Why it was given up.
  Errno error() const { return error_; }
  // kInterrupt has come.
  bool interrupted() const { return interrupted_; }

 private:
  Advice GiveUp(Errno error) {
    error_ = error;
    return Advice::kGiveUp;
  }

  Waiting* const waiting_;
  Clock::time_point next_look_;
  const Clock::time_point end_;
  bool interrupted_ = false;
  Errno error_ = Errno(0);
};

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_PROTOCOL_PATIENCE_H_
