#include "sdk/engine/launch/warden_clone.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "sdk/base/proc_stat.h"
#include "sdk/engine/launch/handover.h"
#include "sdk/engine/launch/raw_syscall.h"
#include "sdk/engine/launch/warden_main.h"

namespace umsdk {
namespace {

// Where this process's command line lies in its memory (proc(5), stat: arg_start, arg_end).
void FindArguments(WardenPlan& plan) {
  const std::optional<ProcStat> stat = ProcStat::ReadOwn();
  const uint64_t start = stat ? stat->Field(48) : 0, end = stat ? stat->Field(49) : 0;
  if (start == 0 || end <= start) return;
  plan.arguments = reinterpret_cast<char*>(start);
  plan.arguments_size = end - start;
}

// Blocks every signal of this thread for a scope: no handler of the host may run in a child.
class BlockedSignals {
 public:
  BlockedSignals() {
    const uint64_t all = ~uint64_t{0};
    RawSyscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before_, sizeof(before_));
  }
  ~BlockedSignals() {
    RawSyscall(SYS_rt_sigprocmask, SIG_SETMASK, &before_, nullptr, sizeof(before_));
  }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;
  uint64_t before() const { return before_; }

 private:
  uint64_t before_ = 0;
};

}  // namespace

UniqueFd AboveStdio(UniqueFd fd) {
  if (!fd.valid() || fd.get() > 2) return fd;
  return fd.Duplicate();
}

absl::StatusOr<ClonedWarden> CloneWarden(const WardenOrigin& origin) {
  WardenPlan plan;
  plan.child.image = origin.image;
  plan.child.filter = origin.filter;
  plan.child.want_listener = origin.want_listener;
  plan.child.may_lack_filter = origin.may_lack_filter;
  if (origin.host_socket != nullptr) plan.child.host_socket = origin.host_socket->get();
  plan.by_handover = PidfdGetfdIsRefused();
  plan.continue_host = origin.continue_host;
  plan.page = origin.page;
  plan.errand_page = origin.errand_page;
  plan.socket = origin.socket->get();
  plan.host = origin.host;
  plan.host_pidfd = origin.host_pidfd->get();
  FindArguments(plan);
  int pidfd = -1;
  const BlockedSignals blocked;
  plan.child.signal_mask = blocked.before();
  const long pid = RawSyscall(SYS_clone, CLONE_PIDFD, nullptr, &pidfd, nullptr, nullptr);
  if (pid == 0) RunWarden(plan);
  if (pid < 0) {
    return absl::ErrnoToStatus(static_cast<int>(-pid), "launch: clone; see ulimit -u, pids.max");
  }
  return ClonedWarden{static_cast<pid_t>(pid), UniqueFd(pidfd)};
}

}  // namespace umsdk
