// IdleGauge: tells whether a processor is free, so that a worker may wait for its next call by
// polling instead of sleeping. To wake a task on an idle processor can cost several times what the
// rest of a call's round trip does; on a busy machine polling would take time from the guests.
#ifndef SDK_ENGINE_PTRACE_IDLE_GAUGE_H_
#define SDK_ENGINE_PTRACE_IDLE_GAUGE_H_

#include "sdk/base/unique_fd.h"

namespace umsdk {

// Not thread-safe. Samples the kernel's count of runnable tasks.
class IdleGauge {
 public:
  IdleGauge();
  // Whether as many tasks as there are processors, or fewer, want to run: a polling one included.
  bool RoomToPoll();

 private:
  const UniqueFd loadavg_;
  const int processors_;
  int until_sample_ = 0;
  bool room_ = false;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_IDLE_GAUGE_H_
