// ErrandPage: the memory in which the host and the warden leave each other an errand.
#ifndef SDK_ENGINE_LAUNCH_ERRAND_PAGE_H_
#define SDK_ENGINE_LAUNCH_ERRAND_PAGE_H_

#include <sys/types.h>

#include <atomic>
#include <cstdint>

namespace umsdk {

// An errand: system calls that a guest thread is made to run, see Errands. The host writes all but
// `running` before it orders the errand, and reads only after `done`.
struct ErrandPage {
  static constexpr int kMaxCalls = 16;
  struct Call {
    int64_t number;
    uint64_t args[6];
    int64_t result;
  };

  Call calls[kMaxCalls] = {};
  int count = 0;
  int error = 0;              // 0, or the errno because of which none of the calls was made
  std::atomic<int> done = 0;  // a futex; set by the warden
  // The thread whose trapped calls are the errand's. By the warden, while the thread is stopped.
  std::atomic<pid_t> running = 0;
};

static_assert(std::atomic<int>::is_always_lock_free && std::atomic<pid_t>::is_always_lock_free);

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_ERRAND_PAGE_H_
