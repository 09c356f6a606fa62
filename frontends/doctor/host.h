// Host: what the kernel tells about the surroundings of this process.
#ifndef FRONTENDS_DOCTOR_HOST_H_
#define FRONTENDS_DOCTOR_HOST_H_

#include <string>

namespace umsdk::frontends {

struct Host {
  std::string kernel;     // "6.18.0"
  bool filtered = false;  // a seccomp filter was inherited
  int filters = -1;       // how many; -1: the kernel does not tell
  bool no_new_privs = false;
  bool sys_admin = false;   // CAP_SYS_ADMIN is effective
  bool sys_ptrace = false;  // CAP_SYS_PTRACE
  bool in_view = false;     // inside a view of umview
};

Host ReadHost();

// The contents of /proc/sys/NAME without the end of line; "" if there is no such file.
std::string Sysctl(const std::string& name);

// The value behind "KEY:" in the text of /proc/self/status; "" if there is none.
std::string StatusField(const std::string& status, const std::string& key);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_DOCTOR_HOST_H_
