#include "sdk/engine/launch/warden_main.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>

#include "sdk/engine/launch/handover.h"
#include "sdk/engine/launch/raw_syscall.h"
#include "sdk/engine/launch/warden_loop.h"
#include "sdk/engine/launch/warden_socket.h"

namespace umsdk {
namespace {

[[noreturn]] void Exit(int code) {
  for (;;) RawSyscall(SYS_exit_group, code);
}

// Another name than the host's: `killall -9 umview` and `pkill -f umview` must not take the warden
// along. The command line is this process's own copy.
void TakeName(const WardenPlan& plan) {
  static constexpr char kName[] = "um-warden";
  RawSyscall(SYS_prctl, PR_SET_NAME, kName);
  for (unsigned long i = 0; i < plan.arguments_size; ++i) {
    plan.arguments[i] = i < sizeof(kName) ? kName[i] : 0;
  }
}

// A session of its own keeps the terminal's signals away, and the command's process group as
// orphaned as it would be without us. A command with a group of its own needs a parent in its
// session, or it could not be stopped from the terminal.
void LeaveProcessGroup(bool stay_in_session) {
  if (stay_in_session) {
    RawSyscall(SYS_setpgid, 0, 0);
  } else {
    RawSyscall(SYS_setsid);
  }
}

// Closes everything but the sorted `keep`.
void CloseOthers(const int* keep, int count) {
  unsigned int next = 0;
  for (int i = 0; i < count; ++i) {
    const auto fd = static_cast<unsigned int>(keep[i]);
    if (fd > next) RawSyscall(SYS_close_range, next, fd - 1, 0);
    next = fd + 1;
  }
  RawSyscall(SYS_close_range, next, ~0U, 0);
}

void Sort(int* numbers, int count) {
  for (int i = 1; i < count; ++i) {
    for (int j = i; j > 0 && numbers[j - 1] > numbers[j]; --j) {
      const int swapped = numbers[j];
      numbers[j] = numbers[j - 1];
      numbers[j - 1] = swapped;
    }
  }
}

// SIGCHLD must not be ignored, as the host may do: children would vanish without a status.
int OpenChildSignals() {
  const struct {
    uintptr_t handler, flags, restorer;
    uint64_t mask;
  } default_action = {};
  RawSyscall(SYS_rt_sigaction, SIGCHLD, &default_action, nullptr, sizeof(uint64_t));
  const uint64_t mask = uint64_t{1} << (SIGCHLD - 1);
  return static_cast<int>(
      RawSyscall(SYS_signalfd4, -1, &mask, sizeof(mask), O_CLOEXEC | O_NONBLOCK));
}

[[noreturn]] void Fail(const WardenPlan& plan, LaunchStep step, long error) {
  if (plan.page->failed_step == LaunchStep::kNone) {
    plan.page->failed_errno = static_cast<int>(-error);
    plan.page->failed_step = step;
  }
  SendReport(plan.socket, {WardenReport::Kind::kFailed, 0}, nullptr, 0);
  Exit(0);
}

struct Command {
  pid_t pid;
  int pidfd;
  int ready;  // reads end of file when the child is ready, or dead
  int handover = -1;  // where the listener comes from, if it is handed over
};

// The two ends of the handover, both -1 when there is none.
void OpenHandover(const WardenPlan& plan, int (&ends)[2]) {
  if (!plan.by_handover || !plan.child.want_listener) return;
  const long result =
      RawSyscall(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
  if (result < 0) Fail(plan, LaunchStep::kPipe, result);
}

Command Fork(const WardenPlan& plan) {
  int ready[2];
  int handover[2] = {-1, -1};
  long result = RawSyscall(SYS_pipe2, ready, O_CLOEXEC);
  if (result < 0) Fail(plan, LaunchStep::kPipe, result);
  OpenHandover(plan, handover);
  int pidfd = -1;
  result = RawSyscall(SYS_clone, CLONE_PIDFD | SIGCHLD, nullptr, &pidfd, nullptr, nullptr);
  if (result < 0) Fail(plan, LaunchStep::kFork, result);
  if (result == 0) {
    GuestChildPlan child = plan.child;
    child.handover_socket = handover[1];
    if (handover[1] < 0) RawSyscall(SYS_close, ready[0]);
    RunGuestChild(child, *plan.page, ready[1], ready[0]);
  }
  RawSyscall(SYS_close, ready[1]);
  if (handover[1] >= 0) RawSyscall(SYS_close, handover[1]);
  return {static_cast<pid_t>(result), pidfd, ready[0], handover[0]};
}

long ListenerOf(const WardenPlan& plan, const Command& command) {
  if (command.handover >= 0) return FinishHandover(*plan.page, command.handover);
  return RawSyscall(SYS_pidfd_getfd, command.pidfd, plan.page->listener.load(), 0);
}

// Waits until the child stands before its exec; the warden's copy of its listener, or -1.
int TakeListener(const WardenPlan& plan, const Command& command) {
  char byte;
  while (RawSyscall(SYS_read, command.ready, &byte, 1) == -EINTR) {
  }
  const LaunchPage& page = *plan.page;
  if (!page.filtered) {
    RawSyscall(SYS_wait4, command.pid, nullptr, 0, nullptr);
    Fail(plan, LaunchStep::kDied, 0);
  }
  if (page.listener < 0) return -1;
  const long fd = ListenerOf(plan, command);
  if (fd < 0) {
    RawSyscall(SYS_pidfd_send_signal, command.pidfd, SIGKILL, nullptr, 0);
    RawSyscall(SYS_wait4, command.pid, nullptr, 0, nullptr);
    Fail(plan, LaunchStep::kTakeListener, fd);
  }
  return static_cast<int>(fd);
}

// A host without a descriptor 0, 1 or 2: nothing of ours may get that number, for the command's
// own is put there.
void FillStdio() {
  long fd;
  do {
    fd = RawSyscall(SYS_openat, AT_FDCWD, "/", O_PATH | O_CLOEXEC, 0);
  } while (fd >= 0 && fd <= 2);
  if (fd > 2) RawSyscall(SYS_close, fd);
}

void Prepare(WardenLoop& loop, const WardenPlan& plan, const Command& command) {
  loop.command = command.pid;
  loop.page = plan.page;
  loop.socket = plan.socket;
  loop.host_pidfd = plan.host_pidfd;
  loop.child_signals = OpenChildSignals();
  loop.proc = static_cast<int>(
      RawSyscall(SYS_openat, AT_FDCWD, "/proc", O_PATH | O_DIRECTORY | O_CLOEXEC, 0));
  loop.waker.wanted = plan.continue_host;
  loop.waker.proc = loop.proc;
  loop.waker.host = plan.host;
  loop.waker.host_pidfd = plan.host_pidfd;
  loop.errand.page = plan.errand_page;
}

void ReportReady(const WardenPlan& plan, const Command& command, int listener) {
  const long self = RawSyscall(SYS_pidfd_open, RawSyscall(SYS_getpid), 0);
  const int fds[] = {command.pidfd, static_cast<int>(self), listener};
  SendReport(plan.socket, {WardenReport::Kind::kReady, command.pid}, fds, listener < 0 ? 2 : 3);
}

}  // namespace

void RunWarden(const WardenPlan& plan) {
  RawSyscall(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  FillStdio();
  const Command command = Fork(plan);
  TakeName(plan);
  LeaveProcessGroup(plan.child.image->own_process_group());
  RawSyscall(SYS_chdir, "/");  // keeps no directory busy
  WardenLoop loop;
  Prepare(loop, plan, command);
  const int listener = TakeListener(plan, command);
  loop.errand.listener = listener;
  ReportReady(plan, command, listener);
  int keep[] = {loop.socket, loop.host_pidfd, loop.child_signals, loop.proc, listener};
  const int kept = listener < 0 ? 4 : 5;
  Sort(keep, kept);
  CloseOthers(keep, kept);
  loop.Run();
  plan.page->ended = true;
  Exit(0);
}

}  // namespace umsdk
