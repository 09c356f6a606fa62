// The time without libc. Async-signal-safe.
#ifndef SDK_ENGINE_LAUNCH_NOW_MS_H_
#define SDK_ENGINE_LAUNCH_NOW_MS_H_

#include <linux/time_types.h>
#include <sys/syscall.h>
#include <time.h>

#include <cstdint>

#include "sdk/engine/launch/raw_syscall.h"

namespace umsdk {

// Milliseconds of the monotonic clock.
inline int64_t NowMs() {
  __kernel_timespec now = {};
  RawSyscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_NOW_MS_H_
