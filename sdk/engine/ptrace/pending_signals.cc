#include "sdk/engine/ptrace/pending_signals.h"

#include <signal.h>

#include <cstdint>

#include "sdk/engine/ptrace/proc_status.h"

namespace umsdk {
namespace {

constexpr uint64_t Bit(int signal) { return uint64_t{1} << (signal - 1); }

constexpr uint64_t kIgnoredByDefault = Bit(SIGCHLD) | Bit(SIGCONT) | Bit(SIGURG) | Bit(SIGWINCH);

}  // namespace

bool HasSignalToDeliver(pid_t tid) {
  ProcStatus status(tid);
  uint64_t deliverable =
      (status.SignalSet("SigPnd") | status.SignalSet("ShdPnd")) & ~status.SignalSet("SigBlk");
  uint64_t no_effect = status.SignalSet("SigIgn") | (kIgnoredByDefault & ~status.SignalSet("SigCgt"));
  return (deliverable & ~no_effect) != 0;
}

}  // namespace umsdk
