#include "sdk/engine/launch/host_waker.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>

#include "sdk/engine/launch/now_ms.h"
#include "sdk/engine/launch/process_stat.h"
#include "sdk/engine/launch/raw_syscall.h"

namespace umsdk {
namespace {

constexpr int kLooks = 10;
constexpr int kEveryMs = 20;

}  // namespace

void HostWaker::OnContinued() {
  if (!wanted) return;
  looks_ = kLooks;
  next_ms_ = NowMs();
  Look();
}

int HostWaker::TimeoutMs() const {
  if (looks_ == 0) return -1;
  const int64_t left = next_ms_ - NowMs();
  return left > 0 ? static_cast<int>(left) : 0;
}

void HostWaker::Look() {
  if (looks_ == 0 || NowMs() < next_ms_) return;
  --looks_;
  next_ms_ = NowMs() + kEveryMs;
  if (ProcessState(proc, host) != 'T') return;
  RawSyscall(SYS_pidfd_send_signal, host_pidfd, SIGCONT, nullptr, 0);
}

}  // namespace umsdk
