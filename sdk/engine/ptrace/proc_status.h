// ProcStatus: the fields of /proc/TID/status that the engine needs, read at one moment.
#ifndef SDK_ENGINE_PTRACE_PROC_STATUS_H_
#define SDK_ENGINE_PTRACE_PROC_STATUS_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace umsdk {

class ProcStatus {
 public:
  explicit ProcStatus(pid_t tid);
  // Of a task that is gone, or without the field: 0.
  int64_t Number(std::string_view field) const;
  uint64_t SignalSet(std::string_view field) const;  // bit N-1: signal N

 private:
  std::string_view Find(std::string_view field) const;

  std::string text_;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_PROC_STATUS_H_
