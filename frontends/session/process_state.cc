#include "frontends/session/process_state.h"

#include <unistd.h>

#include <cstring>
#include <string>

#include "sdk/base/unique_fd.h"

namespace umsdk::frontends {

bool IsStopped(pid_t pid) {
  std::string path = "/proc/" + std::to_string(pid) + "/stat";
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char text[512];
  ssize_t count = fd.valid() ? ::read(fd.get(), text, sizeof(text) - 1) : -1;
  if (count <= 0) return false;
  text[count] = 0;
  // "PID (NAME) STATE ...": the name may hold parentheses, so from the last one on.
  const char* end_of_name = std::strrchr(text, ')');
  if (end_of_name == nullptr || end_of_name[1] != ' ') return false;
  return end_of_name[2] == 'T' || end_of_name[2] == 't';
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
