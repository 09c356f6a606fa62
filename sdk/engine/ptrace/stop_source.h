// StopSource: what waitpid reports of all guests, in order.
#ifndef SDK_ENGINE_PTRACE_STOP_SOURCE_H_
#define SDK_ENGINE_PTRACE_STOP_SOURCE_H_

#include <sys/types.h>

#include <deque>

namespace umsdk {

// The tracer's. Nothing is lost: what arrives while one thread is awaited is reported later.
class StopSource {
 public:
  struct Report {
    pid_t tid = 0;
    int status = 0;  // as waitpid gives it
  };
  enum class Outcome { kReport, kNothingNow, kNobodyLeft };

  Outcome Next(Report& report);
  // Waits for a report of `tid`. It waits for everybody meanwhile: a process's first thread is not
  // reported dead before its other threads have been.
  bool Await(pid_t tid, int& status);
  // The last report is not for the one who took it.
  void PutBack(Report report) { waiting_.push_front(report); }

 private:
  std::deque<Report> waiting_;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_STOP_SOURCE_H_
