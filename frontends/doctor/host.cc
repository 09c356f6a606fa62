#include "frontends/doctor/host.h"

#include <linux/capability.h>
#include <sys/utsname.h>

#include <cstdint>
#include <cstdlib>

#include "frontends/control/control.h"
#include "sdk/base/unique_fd.h"

namespace umsdk::frontends {
namespace {

std::string ReadFile(const std::string& path) {
  std::string text;
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char buffer[4096];
  ssize_t count;
  while (fd.valid() && (count = ::read(fd.get(), buffer, sizeof(buffer))) > 0) {
    text.append(buffer, static_cast<size_t>(count));
  }
  return text;
}

bool HasCapability(const std::string& status, int capability) {
  uint64_t effective = std::strtoull(StatusField(status, "CapEff").c_str(), nullptr, 16);
  return (effective >> capability & 1) != 0;
}

}  // namespace

std::string StatusField(const std::string& status, const std::string& key) {
  std::string start = "\n" + key + ":";
  size_t at = ("\n" + status).find(start);
  if (at == std::string::npos) return "";
  // In `status` itself, one character less.
  size_t begin = status.find_first_not_of(" \t", at + start.size() - 1);
  return begin == std::string::npos ? "" : status.substr(begin, status.find('\n', begin) - begin);
}

std::string Sysctl(const std::string& name) {
  std::string text = ReadFile("/proc/sys/" + name);
  return text.substr(0, text.find('\n'));
}

Host ReadHost() {
  Host host;
  utsname names;
  if (::uname(&names) == 0) host.kernel = names.release;
  std::string status = ReadFile("/proc/self/status");
  host.filtered = StatusField(status, "Seccomp") == "2";
  std::string filters = StatusField(status, "Seccomp_filters");
  if (!filters.empty()) host.filters = std::atoi(filters.c_str());
  host.no_new_privs = StatusField(status, "NoNewPrivs") == "1";
  host.sys_admin = HasCapability(status, CAP_SYS_ADMIN);
  host.sys_ptrace = HasCapability(status, CAP_SYS_PTRACE);
  host.in_view = IsInsideView();
  return host;
}

}  // namespace umsdk::frontends
