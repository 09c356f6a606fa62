// Two futex calls on an atomic int that threads of one address space share.
#ifndef SDK_ENGINE_PTRACE_FUTEX_H_
#define SDK_ENGINE_PTRACE_FUTEX_H_

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace umsdk {

static_assert(sizeof(std::atomic<int>) == sizeof(int));

inline void FutexWake(std::atomic<int>& word) {
  ::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

// Waits while `word` is `expected`. Wakes up spuriously too; false: `timeout_us` went by (0: none).
inline bool FutexWait(std::atomic<int>& word, int expected, long timeout_us = 0) {
  timespec timeout = {timeout_us / 1000000, timeout_us % 1000000 * 1000};
  long result = ::syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected,
                          timeout_us > 0 ? &timeout : nullptr, nullptr, 0);
  return result == 0 || errno != ETIMEDOUT;
}

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_FUTEX_H_
