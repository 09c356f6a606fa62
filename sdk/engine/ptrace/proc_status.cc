#include "sdk/engine/ptrace/proc_status.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sdk/base/unique_fd.h"

namespace umsdk {

ProcStatus::ProcStatus(pid_t tid) {
  char path[40];
  ::snprintf(path, sizeof(path), "/proc/%d/status", tid);
  UniqueFd fd(::open(path, O_RDONLY | O_CLOEXEC));
  char part[4096];
  ssize_t n;
  while (fd.valid() && (n = ::read(fd.get(), part, sizeof(part))) > 0) text_.append(part, n);
}

std::string_view ProcStatus::Find(std::string_view field) const {
  std::string_view text = text_;
  const std::string line = "\n" + std::string(field) + ":\t";
  size_t at = text.find(line);
  if (at == text.npos) return {};
  text.remove_prefix(at + line.size());
  return text.substr(0, text.find('\n'));
}

int64_t ProcStatus::Number(std::string_view field) const {
  return ::strtoll(std::string(Find(field)).c_str(), nullptr, 10);
}

uint64_t ProcStatus::SignalSet(std::string_view field) const {
  return ::strtoull(std::string(Find(field)).c_str(), nullptr, 16);
}

}  // namespace umsdk
