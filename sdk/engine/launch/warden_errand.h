// WardenErrand: the warden makes a guest thread run system calls, as its tracer. Async-signal-safe.
//
// Why the warden: it is an ancestor of all guests, as Yama wants a tracer to be, and what the host
// waits for with waitpid(-1) never shows the stops. Never waits: OnStatus drives it.
#ifndef SDK_ENGINE_LAUNCH_WARDEN_ERRAND_H_
#define SDK_ENGINE_LAUNCH_WARDEN_ERRAND_H_

#include <sys/types.h>
#include <sys/user.h>

#include <cstdint>

#include "sdk/engine/launch/errand_page.h"

namespace umsdk {

// One thread at a time. More would be unsafe: SEIZE waits for an execve under way in the process,
// and that for this tracer to reap a traced thread of it.
class WardenErrand {
 public:
  // Set by the owner; borrowed.
  ErrandPage* page = nullptr;
  int listener = -1;

  // Seizes `tid`, takes it out of its notification, and has it run the calls of the page. It stays
  // stopped then, until Finish. With the thread of the last errand still held: further calls.
  void Run(pid_t tid, uint64_t notification);
  // Lets the thread go: its trapped call returns `value` (-513: is made again).
  void Finish(int64_t value);

  // Has the held thread, of `process`, run the first call of the page in place of the trapped one. If
  // it comes back, the thread runs the others and is let go with the result of the first.
  void Replace(pid_t process);

  // Whether this status is for OnStatus. An exec by another thread than the first of its process is
  // reported under that one's number, which the thread has from then on.
  bool Concerns(pid_t pid, int status);
  void OnStatus(int status);
  // Whether a stop is due; if it does not come, Probe() finds out whether the thread still exists
  // (an execve elsewhere in its process makes the first thread vanish without a word).
  bool awaits_stop() const { return stage_ != Stage::kNone && stage_ != Stage::kHeld; }
  // No order may be carried out then: see above.
  bool is_dying() const { return stage_ == Stage::kDying; }
  void Probe();

 private:
  enum class Stage {
    kNone,
    kSeized,   // until it stops before user space, with the trapped call behind it
    kRefused,  // a stranger with the same number: let go at its next stop
    kToEntry,  // until it enters the current call
    kToExit,   // until the current call has its result
    kHeld,
    kDying,  // killed while it was held: to be reaped
  };

  void Stopped(int status);
  void Executed();
  void Begin();
  void StartCall();
  void CallDone();
  void Gone();
  void Report(int error);
  long Request(long request, uint64_t address, uint64_t data) const;
  long Resume(int signal) const;

  Stage stage_ = Stage::kNone;
  pid_t tid_ = 0;
  pid_t replacing_in_ = 0;  // the process in which Replace() is being carried out
  int index_ = 0;
  user_regs_struct registers_ = {};  // at the end of the trapped call
  uint64_t signal_mask_ = 0;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_WARDEN_ERRAND_H_
