#include "sdk/engine/notify/thread_status.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "sdk/base/unique_fd.h"

namespace umsdk {
namespace {

template <typename T>
void Parse(std::string_view value, int base, T& number) {
  std::from_chars(value.data(), value.data() + value.size(), number, base);
}

void ParseField(std::string_view name, std::string_view value, ThreadStatus& status) {
  if (name == "State" && !value.empty()) status.state = value[0];
  if (name == "Tgid") Parse(value, 10, status.process);
  if (name == "TracerPid") Parse(value, 10, status.tracer);
  if (name == "Threads") Parse(value, 10, status.threads);
  if (name == "Seccomp") Parse(value, 10, status.seccomp);
  if (name == "SigPnd") Parse(value, 16, status.pending_for_thread);
  if (name == "ShdPnd") Parse(value, 16, status.pending_for_process);
  if (name == "SigBlk") Parse(value, 16, status.blocked);
  if (name == "SigIgn") Parse(value, 16, status.ignored);
}

}  // namespace

ThreadStatus ParseThreadStatus(std::string_view text) {
  ThreadStatus status;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.size(), value.find_first_not_of(" \t")));
    ParseField(line.substr(0, colon), value, status);
  }
  return status;
}

std::optional<ThreadStatus> ReadThreadStatus(pid_t tid) {
  char path[40];
  std::snprintf(path, sizeof(path), "/proc/%d/status", tid);
  const UniqueFd file(open(path, O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return std::nullopt;
  char text[8192];
  const ssize_t size = read(file.get(), text, sizeof(text));
  if (size <= 0) return std::nullopt;
  return ParseThreadStatus({text, static_cast<size_t>(size)});
}

}  // namespace umsdk
