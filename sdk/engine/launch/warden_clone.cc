#include "sdk/engine/launch/warden_clone.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "sdk/engine/launch/raw_syscall.h"
#include "sdk/engine/launch/warden_main.h"

namespace umsdk {
namespace {

// Where this process's command line lies in its memory (proc(5), stat: arg_start, arg_end).
void FindArguments(WardenPlan& plan) {
  std::ifstream file("/proc/self/stat");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return;
  std::istringstream fields(text.substr(name_end + 1));
  std::string field;
  for (int number = 3; number < 48; ++number) fields >> field;
  unsigned long start = 0, end = 0;
  if (!(fields >> start >> end) || start == 0 || end <= start) return;
  plan.arguments = reinterpret_cast<char*>(start);
  plan.arguments_size = end - start;
}

// A duplicate above the standard descriptors, which are replaced in the command.
UniqueFd AboveStdio(UniqueFd fd) {
  if (!fd.valid() || fd.get() > 2) return fd;
  return fd.Duplicate();
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

absl::StatusOr<ClonedWarden> CloneWarden(const ExecImage& image, const SeccompFilter* filter,
                                         bool want_listener, LaunchPage* page,
                                         ErrandPage* errand_page) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
    return absl::ErrnoToStatus(errno, "launch: socketpair");
  }
  ClonedWarden warden;
  warden.socket = AboveStdio(UniqueFd(pair[0]));
  const UniqueFd socket = AboveStdio(UniqueFd(pair[1]));
  const UniqueFd host =
      AboveStdio(UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0))));
  if (!warden.socket.valid() || !socket.valid() || !host.valid()) {
    return absl::ErrnoToStatus(errno, "launch: descriptors for the warden");
  }
  sock_fprog program = {};
  WardenPlan plan;
  if (filter != nullptr) {
    program.len = static_cast<unsigned short>(filter->program().size());
    program.filter = const_cast<sock_filter*>(filter->program().data());
    plan.child.filter = &program;
  }
  plan.child.image = &image;
  plan.child.want_listener = want_listener;
  plan.child.host_socket = warden.socket.get();
  plan.page = page;
  plan.errand_page = errand_page;
  plan.socket = socket.get();
  plan.host_pidfd = host.get();
  FindArguments(plan);
  int pidfd = -1;
  const BlockedSignals blocked;
  plan.child.signal_mask = blocked.before();
  const long pid = RawSyscall(SYS_clone, CLONE_PIDFD, nullptr, &pidfd, nullptr, nullptr);
  if (pid == 0) RunWarden(plan);
  if (pid < 0) {
    return absl::ErrnoToStatus(static_cast<int>(-pid), "launch: clone; see ulimit -u, pids.max");
  }
  warden.pid = static_cast<pid_t>(pid);
  warden.pidfd.Reset(pidfd);
  return warden;
}

}  // namespace umsdk
