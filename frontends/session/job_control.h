// JobControl: makes umview a good member of its shell's job, as if the guest stood in its place.
//
//   keyboard signals   do nothing to umview; the guest gets them from the terminal itself
//   the guest stops    umview stops with the same signal, so that the shell sees the job stop
//   umview continues   it continues the guest's process group
//   SIGTERM, SIGHUP    the view is ended in order
#ifndef FRONTENDS_SESSION_JOB_CONTROL_H_
#define FRONTENDS_SESSION_JOB_CONTROL_H_

#include <sys/types.h>

#include <atomic>
#include <functional>
#include <thread>

#include "absl/status/status.h"
#include "frontends/session/signal_pipe.h"

namespace umsdk::frontends {

class JobControl {
 public:
  struct Guest {
    pid_t pid = 0;
    std::function<void()> terminate;  // ends the view; may take seconds
  };

  JobControl() = default;
  ~JobControl() { Finish(); }
  JobControl(const JobControl&) = delete;
  JobControl& operator=(const JobControl&) = delete;

  // Before the guest is started, so that no signal comes too early: from now on this process's
  // dispositions are ours. What we ignored already stays ignored, and the guest inherits just that.
  absl::Status Open();
  // When the guest runs; signals that came before it are served now. `tick` is called every 200 ms
  // while it returns true, and after each Wake().
  void Start(Guest guest, std::function<bool()> tick);
  // The guest's end. Dispositions are restored with the destructor.
  void Finish();
  // After Finish(): what was mounted may take its time to end. Of SIGTERM, SIGHUP and SIGINT the
  // second one, counted from Start() on, ends this process; Finish() ends this.
  void WatchEnd();

  // Thread-safe, also before Start() and after Finish().
  void NotifyStop(int signal);
  void Wake();

  // The signal that ended the view, 0 if it ended by itself.
  int termination_signal() const { return termination_signal_; }

 private:
  void Loop();
  void Handle(unsigned char byte);
  void StopLikeGuest();
  void StopSelf(int signal);

  SignalPipe pipe_;
  Guest guest_;
  std::function<bool()> tick_;
  std::atomic<int> stop_signal_ = 0;
  std::atomic<int> termination_signal_ = 0;
  bool finished_ = false;  // the thread's own
  bool ending_ = false;    // set while there is no thread
  std::thread thread_;
};

}  // namespace umsdk::frontends

#endif  // FRONTENDS_SESSION_JOB_CONTROL_H_
