// NotifyCall: a TrappedCall that waits in a seccomp notification.
#ifndef SDK_ENGINE_NOTIFY_NOTIFY_CALL_H_
#define SDK_ENGINE_NOTIFY_NOTIFY_CALL_H_

#include <linux/seccomp.h>

#include <optional>

#include "sdk/engine/engine.h"
#include "sdk/engine/launch/errands.h"
#include "sdk/engine/notify/interruption.h"
#include "sdk/engine/notify/listener.h"
#include "sdk/engine/notify/returning_calls.h"
#include "sdk/engine/notify/thread_pidfds.h"
#include "sdk/engine/rights/guest_door.h"

namespace umsdk {

// Told that the handler of the current call may wait for long.
class BlockingObserver {
 public:
  virtual ~BlockingObserver() = default;
  // False when nobody else can receive calls meanwhile.
  virtual bool OnWillBlock() = 0;
};

// What the calls of a tree share. Thread-safe, as its parts are.
struct GuestReach {
  const Listener& listener;
  ThreadPidfds& pidfds;
  Errands& errands;
  ReturningCalls& returning;
  GuestDoor& door;
};

class NotifyCall : public TrappedCall {
 public:
  // All are borrowed for the time of the call.
  NotifyCall(const seccomp_notif& notification, const GuestReach& reach,
             BlockingObserver& observer);

  // Carries it out; the last use of this object. After RunAsGuest, Continue makes the call again.
  void Answer(const Verdict& verdict);

  size_t ReadMemory(uint64_t address, void* out, size_t size) override;
  size_t WriteMemory(uint64_t address, const void* bytes, size_t size) override;
  bool PokeMemory(uint64_t address, const void* bytes, size_t size) override;
  ErrnoOr<int> InstallFd(int fd, bool close_on_exec, int min_fd) override;
  // Where pidfd_getfd is refused, the guest is made to send it, and its call comes once more.
  ErrnoOr<UniqueFd> TakeFd(int guest_fd) override;
  // Afterwards the thread has left its notification: InstallFd fails with ESRCH, and a signal is
  // delivered with the verdict, so Interrupted() is not true for one.
  ErrnoOrOk RunAsGuest(std::span<GuestCall> calls) override;
  bool ComesAgain() const override { return true; }
  ErrnoOrOk ReplaceCall(Replacement replacement) override;
  bool StillThere() override;
  bool Interrupted() override;
  void WillBlock() override;

 private:
  ErrnoOr<UniqueFd> HaveFdSent(int guest_fd);
  ErrnoOrOk ComeBack();
  void RunReplacement();

  uint64_t id_;
  const seccomp_data data_;
  const GuestReach& reach_;
  BlockingObserver& observer_;
  bool on_errand_ = false;
  std::optional<Replacement> replacement_;
  Interruption interruption_;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_NOTIFY_NOTIFY_CALL_H_
