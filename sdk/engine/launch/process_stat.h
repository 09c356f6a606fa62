// Fields of /proc/PID/stat. Async-signal-safe: no libc, no allocation.
#ifndef SDK_ENGINE_LAUNCH_PROCESS_STAT_H_
#define SDK_ENGINE_LAUNCH_PROCESS_STAT_H_

#include <sys/types.h>

#include <cstddef>

namespace umsdk {

// A path below /proc, put together without libc.
class ProcPath {
 public:
  ProcPath& Text(const char* text);
  ProcPath& Number(pid_t number);
  const char* get() const { return path_; }

 private:
  char path_[64] = {};
  size_t size_ = 0;
};

// The number at *text, which is left behind it; -1 when there is none.
pid_t ParseNumber(const char*& text, const char* end);

// `proc` is a descriptor of /proc. 'R', 'S', 'T', ...; 0: there is no such process.
char ProcessState(int proc, pid_t pid);
pid_t ParentOf(int proc, pid_t pid);  // -1: there is none

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_PROCESS_STAT_H_
