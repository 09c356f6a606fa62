#include "sdk/engine/ptrace/stop_source.h"

#include <sys/wait.h>

#include <algorithm>
#include <cerrno>

namespace umsdk {

StopSource::Outcome StopSource::Next(Report& report) {
  if (!waiting_.empty()) {
    report = waiting_.front();
    waiting_.pop_front();
    return Outcome::kReport;
  }
  report.tid = ::waitpid(-1, &report.status, __WALL | WNOHANG);
  if (report.tid > 0) return Outcome::kReport;
  return report.tid == 0 ? Outcome::kNothingNow : Outcome::kNobodyLeft;
}

bool StopSource::Await(pid_t tid, int& status) {
  auto of_tid = [tid](const Report& report) { return report.tid == tid; };
  auto found = std::find_if(waiting_.begin(), waiting_.end(), of_tid);
  if (found != waiting_.end()) {
    status = found->status;
    waiting_.erase(found);
    return true;
  }
  while (true) {
    pid_t reported = ::waitpid(-1, &status, __WALL);
    if (reported == tid) return true;
    if (reported > 0) {
      waiting_.push_back({reported, status});
    } else if (errno != EINTR) {
      return false;
    }
  }
}

}  // namespace umsdk
