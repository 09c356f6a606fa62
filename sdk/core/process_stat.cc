#include "sdk/core/process_stat.h"

#include <sys/stat.h>

#include <string>

#include "sdk/base/proc_stat.h"

namespace umsdk {

std::optional<ProcessStat> ReadProcessStat(pid_t tid) {
  const std::optional<ProcStat> stat = ProcStat::Read(tid);
  if (!stat) return std::nullopt;
  return ProcessStat{stat->parent(), stat->started()};
}

uint64_t ProcInode(pid_t tid) {
  struct stat st;
  return ::stat(("/proc/" + std::to_string(tid)).c_str(), &st) == 0 ? st.st_ino : 0;
}

}  // namespace umsdk
