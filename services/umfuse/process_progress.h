// ProcessProgress: whether a process is still at work, as far as /proc tells.
#ifndef SERVICES_UMFUSE_PROCESS_PROGRESS_H_
#define SERVICES_UMFUSE_PROCESS_PROGRESS_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>

namespace umsdk::umfuse {

// Not thread-safe. The process must be there while it is looked at, or another one may be meant.
class ProcessProgress {
 public:
  using Clock = std::chrono::steady_clock;

  explicit ProcessProgress(pid_t pid) : pid_(pid) {}
  // A process that wants a CPU but gets none, or waits for a disk, counts as active.
  void Look(Clock::time_point now);
  // Without any activity, as of the last look.
  Clock::duration idle() const { return looked_ - active_; }
  // Without writing anything, as of the last look; the same as idle() where that is not to be
  // found.
  Clock::duration unproductive() const { return looked_ - wrote_; }

 private:
  const pid_t pid_;
  bool first_ = true;
  uint64_t cpu_ = 0, written_ = 0;
  Clock::time_point looked_ = {}, active_ = {}, wrote_ = {};
};

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_PROCESS_PROGRESS_H_
