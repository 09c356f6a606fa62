// CallSlot: where the tracer and one worker thread meet over one stopped call.
//
// The tracer alone may issue ptrace requests, a worker alone runs handlers. Normally the tracer waits
// on the slot while the worker runs (a hand-over and back costs less than a round of its main loop).
// When the handler says that it will block, or takes too long, the slot is *detached*: the tracer
// goes on with other guests and hears of the rest through the mailbox.
#ifndef SDK_ENGINE_PTRACE_CALL_SLOT_H_
#define SDK_ENGINE_PTRACE_CALL_SLOT_H_

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>

#include "sdk/engine/engine.h"

namespace umsdk {

struct Tracee;

struct StoppedCallInfo {
  pid_t tid = 0;
  int64_t number = 0;
  std::array<uint64_t, 6> args = {};
  bool poll_for_next = false;  // the worker may poll for its next call for a while
};

struct InstallRequest {
  int fd = -1;
  bool close_on_exec = false;
  int min_fd = 0;
};

// What a handler may ask of the tracer meanwhile.
struct GuestRequest {
  enum class Kind {
    kInstall,  // a descriptor for the guest
    kTake,     // a duplicate of the guest's descriptor `take`
    kCalls,    // calls to be run in the guest
  };
  Kind kind = Kind::kInstall;
  InstallRequest install;
  int take = -1;
  std::span<TrappedCall::GuestCall> calls;
  // The installed number, a descriptor of ours that is the asker's now, or 0; -errno.
  int result = 0;
};

class CallSlot {
 public:
  enum State : int {
    kIdle,      // the tracer's: no call
    kRunning,   // the worker's; the tracer waits
    kDetached,  // the worker's; the tracer does not wait
    kAsking,    // the tracer's: `request` is to be served, the worker waits
    kDone,      // the tracer's: `verdict` is there
    // The same of a detached slot: a letter in the mailbox tells the tracer, who does not look here.
    kLateAsking,
    kLateDone,
    kQuit,  // the worker ends
  };

  // ---- the tracer's side ----
  void Begin(const StoppedCallInfo& info);
  // Waits at most `timeout_us`; kAsking, kDone, or kDetached (which a timeout leads to).
  State AwaitWorker(long timeout_us);
  // Gives the slot back to the worker after a request.
  void AnswerRequest();
  void SetIdle() { state_ = kIdle; }
  void Quit();
  State state() const { return static_cast<State>(state_.load()); }

  // The tracer has ended: requests are answered ESRCH, nobody takes the verdict. From any thread.
  void Abandon();

  // ---- the worker's side ----
  bool AwaitWork();  // false: the end
  // Both return true when the tracer does not wait: it must be told through the mailbox.
  [[nodiscard]] bool Finish(Verdict verdict);
  [[nodiscard]] bool Ask(const GuestRequest& request);
  // After Ask(); the answer is in request().
  void AwaitAnswer();
  void Detach();

  const StoppedCallInfo& info() const { return info_; }
  GuestRequest& request() { return request_; }
  const Verdict& verdict() const { return verdict_; }
  // What Continue stands for, if it is not the guest's own call. The worker's until Finish.
  std::optional<TrappedCall::Replacement>& replacement() { return replacement_; }
  Tracee* tracee = nullptr;  // the tracer's: whose call it is, null when that has ended
  // The guest thread has ended (set by the tracer before its tid can be used again).
  std::atomic<bool> gone = false;
  // The guest's process is being stopped (set by the tracer).
  std::atomic<bool> process_stops = false;

 private:
  bool HandToTracer(State attached, State late);
  bool SleepWhile(int state, long timeout_us);
  void Set(State state);

  std::atomic<int> state_ = kIdle;
  std::atomic<bool> abandoned_ = false;
  std::atomic<int> sleepers_ = 0;  // who changes state_ wakes only if there is one
  bool may_poll_ = false;  // the worker's copy
  StoppedCallInfo info_;
  GuestRequest request_;
  Verdict verdict_ = Verdict::Continue();
  std::optional<TrappedCall::Replacement> replacement_;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_CALL_SLOT_H_
