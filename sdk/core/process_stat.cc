#include "sdk/core/process_stat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>

#include "sdk/base/unique_fd.h"

namespace umsdk {

std::optional<ProcessStat> ReadProcessStat(pid_t tid) {
  UniqueFd file(::open(("/proc/" + std::to_string(tid) + "/stat").c_str(), O_RDONLY | O_CLOEXEC));
  char text[1024];
  ssize_t size = file.valid() ? ::read(file.get(), text, sizeof(text) - 1) : -1;
  if (size <= 0) return std::nullopt;
  text[size] = 0;
  // "PID (NAME) STATE PPID ...": the name may hold anything, so from its last bracket on.
  const char* rest = std::strrchr(text, ')');
  if (rest == nullptr) return std::nullopt;
  int parent = 0;
  unsigned long long started = 0;
  constexpr char kFormat[] =
      ") %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu";
  if (std::sscanf(rest, kFormat, &parent, &started) != 2) return std::nullopt;
  return ProcessStat{parent, started};
}

uint64_t ProcInode(pid_t tid) {
  struct stat st;
  return ::stat(("/proc/" + std::to_string(tid)).c_str(), &st) == 0 ? st.st_ino : 0;
}

}  // namespace umsdk
