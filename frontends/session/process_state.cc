#include "frontends/session/process_state.h"

#include <unistd.h>

#include <optional>

#include "sdk/base/proc_stat.h"

namespace umsdk::frontends {

bool IsStopped(pid_t pid) {
  const std::optional<ProcStat> stat = ProcStat::Read(pid);
  return stat && (stat->state() == 'T' || stat->state() == 't');
}

bool HasJobControlParent() {
  pid_t parent = ::getppid();
  return ::getsid(parent) == ::getsid(0) && ::getpgid(parent) != ::getpgrp();
}

pid_t ForegroundGroup() {
  for (int fd : {0, 1, 2}) {
    pid_t group = ::tcgetpgrp(fd);
    if (group >= 0) return group;
  }
  return -1;
}

void SetForegroundGroup(pid_t group) {
  for (int fd : {0, 1, 2}) {
    if (::tcsetpgrp(fd, group) == 0) return;
  }
}

}  // namespace umsdk::frontends
