// Waiting: how a method of a FileSystem or Device that has to wait for somebody else (a process, a
// network) gives way to what happens to the guest meanwhile. SyscallContext offers the same to
// handlers of a Service; a FileSystem's methods see no context, so it is found by thread.
//
//   if (Waiting* waiting = Waiting::Current()) {
//     waiting->WillBlock();
//     while (!done()) {
//       if (waiting->Killed()) return Errno(EINTR);
//       WaitALittle();
//     }
//   }
#ifndef UMSDK_WAITING_H_
#define UMSDK_WAITING_H_

#include <chrono>

#include "umsdk/file_system.h"

namespace umsdk {

// Of one trapped call, on the thread that handles it.
class Waiting {
 public:
  virtual ~Waiting() = default;

  // nullptr on the SDK's own threads: there a method must not wait for long.
  static Waiting* Current() { return current_; }

  // Before the first wait: other calls of the view go on meanwhile.
  virtual void WillBlock() = 0;
  // A signal wants to be delivered (or the guest is gone): ask the other side to hurry; EINTR.
  virtual bool Interrupted() = 0;
  // The guest is dying: give up at once, with whatever result.
  virtual bool Killed() = 0;
  // Give up then (ETIMEDOUT), whatever the guest does.
  virtual std::chrono::steady_clock::time_point GiveUpAt() const {
    return std::chrono::steady_clock::time_point::max();
  }
  // Who waits; umask is not set.
  virtual const Caller& caller() = 0;

 private:
  friend class WaitingScope;
  static inline thread_local Waiting* current_ = nullptr;
};

// As another one (which may be null), but for a limited time.
class LimitedWaiting final : public Waiting {
 public:
  LimitedWaiting(Waiting* outer, std::chrono::milliseconds limit)
      : outer_(outer), end_(std::chrono::steady_clock::now() + limit) {}
  void WillBlock() override {
    if (outer_ != nullptr) outer_->WillBlock();
  }
  bool Interrupted() override { return outer_ != nullptr && outer_->Interrupted(); }
  bool Killed() override { return outer_ != nullptr && outer_->Killed(); }
  std::chrono::steady_clock::time_point GiveUpAt() const override { return end_; }
  const Caller& caller() override { return outer_ != nullptr ? outer_->caller() : nobody_; }

 private:
  Waiting* const outer_;
  const std::chrono::steady_clock::time_point end_;
  const Caller nobody_;
};

// Makes `waiting` the thread's current one for a scope; nullptr hides an outer one.
class WaitingScope {
 public:
  explicit WaitingScope(Waiting* waiting) : outer_(Waiting::current_) {
    Waiting::current_ = waiting;
  }
  ~WaitingScope() { Waiting::current_ = outer_; }
  WaitingScope(const WaitingScope&) = delete;
  WaitingScope& operator=(const WaitingScope&) = delete;

 private:
  Waiting* const outer_;
};

}  // namespace umsdk

#endif  // UMSDK_WAITING_H_
