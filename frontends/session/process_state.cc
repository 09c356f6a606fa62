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
  return end_of_name != nullptr && end_of_name[1] == ' ' && end_of_name[2] == 'T';
}

bool HasJobControlParent() {
  pid_t parent = ::getppid();
  return ::getsid(parent) == ::getsid(0) && ::getpgid(parent) != ::getpgrp();
}

pid_t ForegroundGroup() {
  UniqueFd terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  return terminal.valid() ? ::tcgetpgrp(terminal.get()) : -1;
}

void SetForegroundGroup(pid_t group) {
  UniqueFd terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (terminal.valid()) ::tcsetpgrp(terminal.get(), group);
}

}  // namespace umsdk::frontends
