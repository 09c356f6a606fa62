#include "sdk/engine/ptrace/command_start.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "absl/strings/str_cat.h"
#include "sdk/base/status_macros.h"
#include "sdk/base/unique_fd.h"
#include "sdk/engine/launch/guest_child.h"
#include "sdk/engine/launch/launch_error.h"
#include "sdk/engine/launch/raw_syscall.h"

namespace umsdk {
namespace {

absl::Status StartError(LaunchStep step, int error) {
  if (step != LaunchStep::kFilter) return LaunchError(step, error);
  return absl::UnavailableError(absl::StrCat(
      "launch: a seccomp filter is refused (", std::strerror(error), "); use two stops a call"));
}

// Of this task, which is a process of its own: handlers hold two descriptors for each virtual file
// that guests have open. The host's limit is its own affair.
void RaiseFdLimit() {
  rlimit limit;
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

absl::StatusOr<std::unique_ptr<CommandStart>> CommandStart::Make(const LaunchSpec& spec,
                                                                 std::vector<sock_filter> filter,
                                                                 uint64_t signal_mask) {
  UMSDK_ASSIGN_OR_RETURN(ExecImage image, ExecImage::Make(spec));
  std::unique_ptr<CommandStart> start(
      new CommandStart(std::move(image), std::move(filter), signal_mask));
  if (!start->page_.valid()) return absl::ErrnoToStatus(errno, "launch: shared memory");
  start->continue_host_ = spec.continue_host;
  struct sigaction action;
  start->child_signal_ignored_ =
      ::sigaction(SIGCHLD, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
  return start;
}

absl::StatusOr<pid_t> CommandStart::Make() {
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "launch: pipe");
  UniqueFd read_end(pipe_ends[0]), write_end(pipe_ends[1]);
  // Above 2: the child puts its standard descriptors there.
  UniqueFd ready = write_end.Duplicate();
  write_end.Reset();
  const pid_t parent = static_cast<pid_t>(RawSyscall(SYS_getpid));
  // Not fork(): the handlers that the host has registered for it are not for this task.
  const long child = RawSyscall(SYS_clone, SIGCHLD);
  if (child == 0) RunChild(parent, ready.get());
  if (child < 0) return LaunchError(LaunchStep::kFork, static_cast<int>(-child));
  RaiseFdLimit();  // after the child has got the old one
  ready.Reset();
  char ignored;
  while (::read(read_end.get(), &ignored, 1) < 0 && errno == EINTR) continue;
  if (page_->filtered) return static_cast<pid_t>(child);
  while (::waitpid(static_cast<pid_t>(child), nullptr, __WALL) < 0 && errno == EINTR) continue;
  const LaunchStep step = page_->failed_step;
  return StartError(step == LaunchStep::kNone ? LaunchStep::kDied : step, page_->failed_errno);
}

// Does not return. Not instrumented: a sanitizer would look for the bounds of this task's stack.
__attribute__((no_sanitize("address"))) void CommandStart::RunChild(pid_t parent, int ready_pipe) {
  // Until it is traced nothing else would end it with the tracer.
  RawSyscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
  if (RawSyscall(SYS_getppid) != parent) RawSyscall(SYS_exit_group, 1);
  if (child_signal_ignored_) {
    const uintptr_t ignore[4] = {reinterpret_cast<uintptr_t>(SIG_IGN)};  // handler, flags, ...
    RawSyscall(SYS_rt_sigaction, SIGCHLD, ignore, nullptr, sizeof(uint64_t));
  }
  sock_fprog program = {static_cast<unsigned short>(filter_.size()), filter_.data()};
  GuestChildPlan plan;
  plan.image = &image_;
  plan.filter = filter_.empty() ? nullptr : &program;
  plan.signal_mask = signal_mask_;
  RunGuestChild(plan, *page_.get(), ready_pipe);
}

void CommandStart::Release() {
  page_->released = 1;
  RawSyscall(SYS_futex, &page_->released, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

}  // namespace umsdk
