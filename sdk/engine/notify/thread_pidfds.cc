#include "sdk/engine/notify/thread_pidfds.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "sdk/engine/notify/thread_status.h"

namespace umsdk {
namespace {

constexpr unsigned kPidfdThread = O_EXCL;  // PIDFD_THREAD, Linux 6.9

UniqueFd OpenPidfd(pid_t tid) {
  UniqueFd pidfd(static_cast<int>(syscall(SYS_pidfd_open, tid, kPidfdThread)));
  if (pidfd.valid() || errno != EINVAL) return pidfd;
  // An older kernel: the process, whose descriptors are nearly always those of all its threads.
  const std::optional<ThreadStatus> status = ReadThreadStatus(tid);
  if (!status) {
    errno = ESRCH;
    return UniqueFd();
  }
  return UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, status->process, 0)));
}

UniqueFd GetFd(const UniqueFd& pidfd, int fd) {
  return UniqueFd(static_cast<int>(syscall(SYS_pidfd_getfd, pidfd.get(), fd, 0)));
}

}  // namespace

ErrnoOr<UniqueFd> ThreadPidfds::Take(pid_t tid, int fd, const std::function<bool()>& still_there) {
  MutexLock lock(mutex_);
  Slot& slot = slots_[static_cast<size_t>(tid) % slots_.size()];
  if (slot.tid == tid) {
    // A pidfd never changes its thread: if this one is alive, it is the one that has the number.
    UniqueFd taken = GetFd(slot.pidfd, fd);
    if (taken.valid()) return taken;
    if (errno != ESRCH && errno != EBADF) return LastErrno();
  }
  slot.tid = 0;
  slot.pidfd = OpenPidfd(tid);
  if (!slot.pidfd.valid()) return LastErrno();
  if (!still_there()) return Errno(ESRCH);
  slot.tid = tid;
  UniqueFd taken = GetFd(slot.pidfd, fd);
  if (!taken.valid()) return LastErrno();
  return taken;
}

}  // namespace umsdk
