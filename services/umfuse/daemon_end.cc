#include "services/umfuse/daemon_end.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>

#include "sdk/base/unique_fd.h"
#include "services/umfuse/protocol/patience.h"

namespace umsdk::umfuse {
namespace {

// Threads of the daemon that wait in a read see the end of the file after this time.
constexpr std::chrono::milliseconds kUntilHangup(300);
constexpr std::chrono::milliseconds kLongest(10000);

bool Ended(int pidfd, std::chrono::milliseconds wait) {
  pollfd process{pidfd, POLLIN, 0};
  return ::poll(&process, 1, static_cast<int>(wait.count())) > 0;
}

}  // namespace

void AwaitEndOf(FuseConn& conn) {
  pid_t pid = conn.daemon();
  if (pid <= 0 || pid == ::getpid()) return;
  UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!process.valid()) return;
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  Patience patience(kLongest);
  bool hung_up = false;
  while (Clock::now() - start < kLongest && !Ended(process.get(), Patience::kTick)) {
    if (patience.Ask() == Patience::Advice::kGiveUp) return;
    if (hung_up || Clock::now() - start < kUntilHangup) continue;
    conn.Abort();
    hung_up = true;
  }
}

}  // namespace umsdk::umfuse
