// ThreadStatus: what /proc/TID/status says, as far as the engine needs it.
#ifndef SDK_ENGINE_NOTIFY_THREAD_STATUS_H_
#define SDK_ENGINE_NOTIFY_THREAD_STATUS_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace umsdk {

// Signal sets as the kernel has them: bit N-1 is signal N.
struct ThreadStatus {
  pid_t process = 0;
  pid_t tracer = 0;
  int threads = 0;
  char state = '?';
  int seccomp = 0;
  uint64_t pending_for_thread = 0;
  uint64_t pending_for_process = 0;
  uint64_t blocked = 0;
  uint64_t ignored = 0;
};

ThreadStatus ParseThreadStatus(std::string_view text);

// nullopt when there is no such thread.
std::optional<ThreadStatus> ReadThreadStatus(pid_t tid);

}  // namespace umsdk

#endif  // SDK_ENGINE_NOTIFY_THREAD_STATUS_H_
