#include "sdk/engine/ptrace/guest_fd.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "sdk/engine/ptrace/proc_status.h"

namespace umsdk {
namespace {

constexpr unsigned kPidfdThread = O_EXCL;  // since Linux 6.9

UniqueFd OpenPidfd(pid_t pid, unsigned flags) {
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, flags)));
}

}  // namespace

ErrnoOr<UniqueFd> TakeGuestFd(pid_t tid, int guest_fd) {
  UniqueFd pidfd = OpenPidfd(tid, kPidfdThread);
  if (!pidfd.valid() && errno == EINVAL) {
    // An older kernel: the leader's table, which is the same but after unshare(CLONE_FILES).
    pidfd = OpenPidfd(ProcStatus(tid).Number("Tgid"), 0);
  }
  if (!pidfd.valid()) return LastErrno();
  UniqueFd fd(static_cast<int>(::syscall(SYS_pidfd_getfd, pidfd.get(), guest_fd, 0)));
  if (!fd.valid()) return LastErrno();
  return fd;
}

bool MayTakeGuestFds() {
  return ::syscall(SYS_pidfd_getfd, -1, 0, 0) < 0 && errno == EBADF;
}

}  // namespace umsdk
