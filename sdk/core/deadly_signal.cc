#include "sdk/core/deadly_signal.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "sdk/base/unique_fd.h"

namespace umsdk {
namespace {

constexpr uint64_t Bit(int signal) { return uint64_t{1} << (signal - 1); }

// What does not kill when it is not caught.
constexpr uint64_t kHarmless = Bit(SIGCHLD) | Bit(SIGCONT) | Bit(SIGURG) | Bit(SIGWINCH) |
                               Bit(SIGSTOP) | Bit(SIGTSTP) | Bit(SIGTTIN) | Bit(SIGTTOU);

uint64_t SignalSet(const std::string& status, const char* name) {
  size_t at = status.find(name);
  return at == std::string::npos
             ? 0
             : std::strtoull(status.c_str() + at + std::char_traits<char>::length(name), nullptr,
                             16);
}

}  // namespace

bool HasDeadlySignal(pid_t tid) {
  UniqueFd fd(::open(("/proc/" + std::to_string(tid) + "/status").c_str(), O_RDONLY | O_CLOEXEC));
  std::string status(4096, '\0');
  ssize_t size = fd.valid() ? ::read(fd.get(), status.data(), status.size()) : -1;
  if (size <= 0) return true;
  status.resize(static_cast<size_t>(size));
  uint64_t pending = SignalSet(status, "\nSigPnd:") | SignalSet(status, "\nShdPnd:");
  uint64_t deaf = (SignalSet(status, "\nSigBlk:") | SignalSet(status, "\nSigIgn:") |
                   SignalSet(status, "\nSigCgt:") | kHarmless) &
                  ~Bit(SIGKILL);
  return (pending & ~deaf) != 0;
}

}  // namespace umsdk
