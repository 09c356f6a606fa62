#include "sdk/engine/launch/guest_child.h"

#include <linux/futex.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>

#include "sdk/engine/launch/handover.h"
#include "sdk/engine/launch/raw_syscall.h"

namespace umsdk {
namespace {

constexpr int kNotFound = 127;
constexpr int kCannotExecute = 126;

[[noreturn]] void Exit(int code) {
  for (;;) RawSyscall(SYS_exit_group, code);
}

[[noreturn]] void Fail(LaunchPage& page, LaunchStep step, long error) {
  page.failed_errno = static_cast<int>(-error);
  page.failed_step = step;
  Exit(kCannotExecute);
}

// As rt_sigaction(2) has it; glibc's struct differs.
struct KernelSigaction {
  uintptr_t handler;
  uint64_t flags;
  uintptr_t restorer;
  uint64_t mask;
};

// What execve would do to the handlers, but before the signals are let in: no handler of the host
// may run here. Ignored signals stay ignored (nohup).
void RestoreSignals(uint64_t mask) {
  for (int signal = 1; signal <= 64; ++signal) {
    KernelSigaction action = {};
    const auto ignore = reinterpret_cast<uintptr_t>(SIG_IGN);
    if (RawSyscall(SYS_rt_sigaction, signal, nullptr, &action, sizeof(action.mask)) != 0) continue;
    if (action.handler == ignore) continue;
    action = {};
    RawSyscall(SYS_rt_sigaction, signal, &action, nullptr, sizeof(action.mask));
  }
  RawSyscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, nullptr, sizeof(mask));
}

void PlaceStdio(const ExecImage& image, LaunchPage& page) {
  for (int i = 0; i < 3; ++i) {
    if (image.stdio(i) < 0) {
      RawSyscall(SYS_close, i);
      continue;
    }
    const long result = RawSyscall(SYS_dup3, image.stdio(i), i, 0);
    if (result < 0) Fail(page, LaunchStep::kStdio, result);
  }
}

long Seccomp(unsigned long flags, const sock_fprog* filter) {
  return RawSyscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, filter);
}

// The listener, 0 when none is wanted, or -errno.
long InstallFilter(const GuestChildPlan& plan) {
  if (!plan.want_listener) return Seccomp(0, plan.filter);
  const unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
  const long result = Seccomp(flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, plan.filter);
  return result == -EINVAL ? Seccomp(flags, plan.filter) : result;  // Linux < 5.19
}

void Filter(const GuestChildPlan& plan, LaunchPage& page) {
  if (plan.filter == nullptr) return;
  long result = InstallFilter(plan);
  if (result == -EACCES) {  // without CAP_SYS_ADMIN the kernel asks for no_new_privs
    const long done = RawSyscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (done < 0 && plan.may_lack_filter) return;
    if (done < 0) Fail(page, LaunchStep::kNoNewPrivileges, done);
    result = InstallFilter(plan);
  }
  if (result < 0 && plan.may_lack_filter) return;
  if (result < 0) Fail(page, LaunchStep::kFilter, result);
  page.has_filter = true;
  if (plan.want_listener) page.listener = static_cast<int>(result);
}

// Of several failures, EACCES says most: a file was there (as in execvp).
void Execute(const ExecImage& image, LaunchPage& page) {
  long error = -ENOENT;
  for (const char* const* path = image.candidates(); *path != nullptr; ++path) {
    const long result = RawSyscall(SYS_execve, *path, image.argv(), image.env());
    if (result != -ENOENT && result != -EACCES && result != -ENOTDIR) {
      error = result;
      break;
    }
    if (error != -EACCES) error = result;
  }
  page.exec_errno = static_cast<int>(-error);
  Exit(error == -ENOENT || error == -ENOTDIR ? kNotFound : kCannotExecute);
}

}  // namespace

void RunGuestChild(const GuestChildPlan& plan, LaunchPage& page, int ready_pipe, int ready_end) {
  // The warden waits for the end of this socket, so no copy of it may stay in a waiting guest.
  if (plan.host_socket >= 0) RawSyscall(SYS_close, plan.host_socket);
  if (plan.image->own_process_group()) {
    const long result = RawSyscall(SYS_setpgid, 0, 0);
    if (result < 0) Fail(page, LaunchStep::kProcessGroup, result);
  }
  PlaceStdio(*plan.image, page);
  if (plan.image->cwd() != nullptr) {
    const long result = RawSyscall(SYS_chdir, plan.image->cwd());
    if (result < 0) Fail(page, LaunchStep::kDirectory, result);
  }
  if (plan.handover_socket >= 0) {
    const long helper = StartHandover(page, plan.handover_socket, ready_end);
    if (helper < 0) Fail(page, LaunchStep::kFork, helper);
    page.helper = static_cast<int>(helper);
  }
  RestoreSignals(plan.signal_mask);
  Filter(plan, page);
  page.filtered = true;
  // From here on only calls that no service can claim: close, futex, exit_group.
  RawSyscall(SYS_close, ready_pipe);
  while (page.released == 0) RawSyscall(SYS_futex, &page.released, FUTEX_WAIT, 0, nullptr);
  Execute(*plan.image, page);
  Exit(kCannotExecute);
}

}  // namespace umsdk
