#include "sdk/engine/notify/listener.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"

// Linux 6.6; not in every distribution's headers yet.
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

namespace umsdk {
namespace {

// Since 6.11 RECV itself returns when no task uses the filter any more; before, only poll tells.
bool ReceiveEndsWithTheGuests() {
  utsname system = {};
  int major = 0, minor = 0;
  if (uname(&system) != 0 || std::sscanf(system.release, "%d.%d", &major, &minor) != 2)
    return false;
  return major > 6 || (major == 6 && minor >= 11);
}

short Poll(int fd, int timeout) {
  pollfd waiting = {fd, POLLIN, 0};
  return poll(&waiting, 1, timeout) > 0 ? waiting.revents : 0;
}

// Each request is made in a way that the kernel must refuse, for a reason of its own.
struct Trial {
  const char* name;
  unsigned long request;
  int expected;
};
constexpr Trial kTrials[] = {
    {"SECCOMP_IOCTL_NOTIF_RECV", SECCOMP_IOCTL_NOTIF_RECV, EFAULT},
    {"SECCOMP_IOCTL_NOTIF_SEND", SECCOMP_IOCTL_NOTIF_SEND, EFAULT},
    {"SECCOMP_IOCTL_NOTIF_ID_VALID", SECCOMP_IOCTL_NOTIF_ID_VALID, EFAULT},
};

absl::Status Refused(const char* name, int error) {
  return absl::UnavailableError(
      absl::StrCat("notify engine: ", name, " is refused (", std::strerror(error),
                   "): needs Linux 5.9 and a container that allows it; use the ptrace engine"));
}

}  // namespace

absl::Status Listener::Check() const {
  // First: a kernel that has it knows the others too, and RECV checks its argument there.
  seccomp_notif_addfd nobody = {};
  nobody.srcfd = static_cast<uint32_t>(fd_.get());
  ioctl(fd_.get(), SECCOMP_IOCTL_NOTIF_ADDFD, &nobody);
  if (errno != ENOENT) return Refused("SECCOMP_IOCTL_NOTIF_ADDFD", errno);
  for (const Trial& trial : kTrials) {
    if (ioctl(fd_.get(), trial.request, nullptr) == 0) errno = 0;
    if (errno != trial.expected) return Refused(trial.name, errno);
  }
  return absl::OkStatus();
}

Listener::Listener(UniqueFd fd) : fd_(std::move(fd)), poll_first_(!ReceiveEndsWithTheGuests()) {
  // The answer wakes the guest on this CPU, and a call wakes the receiver on the guest's: a wake-up
  // across CPUs costs ten times the call. Kernels without it are merely slower.
  ioctl(fd_.get(), SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

Listener::Outcome Listener::Receive(NotificationBuffer& buffer) const {
  if (poll_first_) {
    const short events = Poll(fd_.get(), -1);
    if ((events & POLLIN) == 0)
      return (events & POLLHUP) != 0 ? Outcome::kEnded : Outcome::kNothing;
  }
  std::memset(&buffer, 0, sizeof(buffer));  // the kernel insists
  if (ioctl(fd_.get(), SECCOMP_IOCTL_NOTIF_RECV, &buffer) == 0) return Outcome::kReceived;
  const bool ended = errno != EINTR && (Poll(fd_.get(), 0) & (POLLHUP | POLLIN)) == POLLHUP;
  return ended ? Outcome::kEnded : Outcome::kNothing;
}

bool Listener::AwaitCall(std::chrono::milliseconds limit) const {
  return Poll(fd_.get(), static_cast<int>(limit.count())) != 0;
}

bool Listener::HasWaiting() const { return (Poll(fd_.get(), 0) & POLLIN) != 0; }

bool Listener::Continue(uint64_t id) const {
  seccomp_notif_resp answer = {};
  answer.id = id;
  answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  return ioctl(fd_.get(), SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0;
}

bool Listener::Answer(uint64_t id, int64_t value) const {
  constexpr int64_t kLowestErrno = -4095;
  seccomp_notif_resp answer = {};
  answer.id = id;
  if (value < 0 && value >= kLowestErrno) {
    answer.error = static_cast<int32_t>(value);
  } else {
    answer.val = value;
  }
  return ioctl(fd_.get(), SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0;
}

bool Listener::IsValid(uint64_t id) const {
  return ioctl(fd_.get(), SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

ErrnoOr<int> Listener::AddFd(uint64_t id, int fd, bool close_on_exec, int at) const {
  seccomp_notif_addfd request = {};
  request.id = id;
  request.srcfd = static_cast<uint32_t>(fd);
  request.newfd_flags = close_on_exec ? O_CLOEXEC : 0;
  if (at >= 0) {
    request.flags = SECCOMP_ADDFD_FLAG_SETFD;
    request.newfd = static_cast<uint32_t>(at);
  }
  const int number = ioctl(fd_.get(), SECCOMP_IOCTL_NOTIF_ADDFD, &request);
  if (number >= 0) return number;
  if (errno == ENOENT || errno == EINPROGRESS) return Errno(ESRCH);
  return LastErrno();
}

}  // namespace umsdk
