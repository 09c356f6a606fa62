#include "sdk/engine/launch/warden.h"

#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include "sdk/base/status_macros.h"
#include "sdk/engine/launch/launch_error.h"
#include "sdk/engine/launch/warden_clone.h"

namespace umsdk {
namespace {

constexpr auto kPidfd = static_cast<idtype_t>(3);  // P_PIDFD, which older headers lack

constexpr int kReportFds = 3;
constexpr std::chrono::seconds kKillTime(5);  // that a warden takes to kill all guests, at most

// The next report; false at the end of the socket.
bool ReceiveReport(int socket, WardenReport& report, UniqueFd (&fds)[kReportFds]) {
  iovec data = {&report, sizeof(report)};
  alignas(cmsghdr) char control[CMSG_SPACE(kReportFds * sizeof(int))];
  msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  ssize_t size;
  do {
    size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (size < 0 && errno == EINTR);
  const cmsghdr* header = size > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (header != nullptr && header->cmsg_type == SCM_RIGHTS) {
    const size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count && i < kReportFds; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(fd));
      fds[i].Reset(fd);
    }
  }
  return size == static_cast<ssize_t>(sizeof(report));
}

// What connects a warden with this process.
struct Ends {
  UniqueFd host_socket;
  UniqueFd socket;  // the warden's
  UniqueFd host_pidfd;
};

absl::StatusOr<Ends> OpenEnds() {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
    return absl::ErrnoToStatus(errno, "launch: socketpair");
  }
  Ends ends;
  ends.host_socket = AboveStdio(UniqueFd(pair[0]));
  ends.socket = AboveStdio(UniqueFd(pair[1]));
  ends.host_pidfd =
      AboveStdio(UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0))));
  if (ends.host_socket.valid() && ends.socket.valid() && ends.host_pidfd.valid()) return ends;
  return absl::ErrnoToStatus(errno, "launch: descriptors for the warden");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Warden>> Warden::Start(const LaunchSpec& spec,
                                                      const SeccompFilter* filter,
                                                      ListenerUse listener) {
  std::unique_ptr<Warden> warden(new Warden(SharedPage(), SharedObject<ErrandPage>()));
  UMSDK_RETURN_IF_ERROR(warden->Fork(spec, filter, listener));
  UMSDK_RETURN_IF_ERROR(warden->AwaitReady());
  return warden;
}

absl::Status Warden::Fork(const LaunchSpec& spec, const SeccompFilter* filter,
                          ListenerUse listener) {
  if (!page_.valid() || !errand_page_.valid())
    return absl::ErrnoToStatus(errno, "launch: mmap of a page");
  UMSDK_ASSIGN_OR_RETURN(const ExecImage image, ExecImage::Make(spec));
  UMSDK_ASSIGN_OR_RETURN(Ends ends, OpenEnds());
  socket_ = std::move(ends.host_socket);
  const sock_fprog program = filter == nullptr ? sock_fprog() : filter->Prepared();
  WardenOrigin origin;
  origin.image = &image;
  origin.filter = filter == nullptr ? nullptr : &program;
  origin.want_listener = listener == ListenerUse::kWanted;
  origin.continue_host = spec.continue_host;
  origin.page = page_.get();
  origin.errand_page = errand_page_.get();
  origin.socket = &ends.socket;
  origin.host_socket = &socket_;
  origin.host = getpid();
  origin.host_pidfd = &ends.host_pidfd;
  UMSDK_ASSIGN_OR_RETURN(ClonedWarden cloned, CloneWarden(origin));
  pidfd_ = std::move(cloned.pidfd);
  pid_ = cloned.pid;
  return absl::OkStatus();
}

absl::Status Warden::AwaitReady() {
  WardenReport report;
  UniqueFd fds[kReportFds];
  if (!ReceiveReport(socket_.get(), report, fds) || report.kind != WardenReport::Kind::kReady) {
    return LaunchError(page_->failed_step, page_->failed_errno);
  }
  command_ = report.value;
  command_pidfd_ = std::move(fds[0]);
  if (!pidfd_.valid()) pidfd_ = std::move(fds[1]);
  listener_ = std::move(fds[2]);
  return absl::OkStatus();
}

void Warden::Release() {
  page_->released = 1;
  syscall(SYS_futex, &page_->released, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

GuestEvent Warden::WaitEvent() {
  {
    MutexLock lock(mutex_);
    if (has_last_) return last_;
  }
  WardenReport report;
  UniqueFd fds[kReportFds];
  GuestEvent event;
  if (ReceiveReport(socket_.get(), report, fds)) {
    event.wait_status = report.value;
    event.kind = WIFSTOPPED(report.value)     ? GuestEvent::Kind::kStopped
                 : WIFCONTINUED(report.value) ? GuestEvent::Kind::kContinued
                                              : GuestEvent::Kind::kExited;
  }
  if (event.kind == GuestEvent::Kind::kExited) event.exec_errno = page_->exec_errno;
  MutexLock lock(mutex_);
  if (has_last_) return last_;  // another waiter got the end
  has_last_ = event.kind == GuestEvent::Kind::kExited || event.kind == GuestEvent::Kind::kLost;
  if (has_last_) last_ = event;
  return event;
}

absl::Status Warden::Signal(int signal) {
  if (syscall(SYS_pidfd_send_signal, command_pidfd_.get(), signal, nullptr, 0) == 0) {
    return absl::OkStatus();
  }
  return absl::ErrnoToStatus(errno, "signal to the command");
}

void Warden::Terminate(std::chrono::milliseconds grace, bool linger) {
  if (linger) {
    Send({.kind = WardenOrder::Kind::kLinger});
    AwaitEnd(std::chrono::milliseconds::max());
  } else {
    Send({.kind = WardenOrder::Kind::kTerminate, .value = grace.count()});
    AwaitEnd(grace + kKillTime);
  }
}

void Warden::Send(const WardenOrder& order) const {
  send(socket_.get(), &order, sizeof(order), MSG_NOSIGNAL);  // in vain when the warden has ended
}

// Whoever stops a warden must not hold us up, nor one that is no warden at all.
void Warden::AwaitEnd(std::chrono::milliseconds limit) const {
  constexpr std::chrono::milliseconds kLook(1000);
  if (!pidfd_.valid()) return;  // it was never started
  pollfd ended = {pidfd_.get(), POLLIN, 0};
  for (int ready; (ready = poll(&ended, 1, static_cast<int>(kLook.count()))) <= 0;) {
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return;
    const bool late = joined_ && limit < kLook;
    // SIGCONT does nothing to one that runs.
    const int signal = late ? SIGKILL : SIGCONT;
    const bool sent = syscall(SYS_pidfd_send_signal, pidfd_.get(), signal, nullptr, 0) == 0;
    if (late && !sent) return;
    limit -= std::min(limit, kLook);
  }
}

bool Warden::CommandIsThere() const {
  return syscall(SYS_pidfd_send_signal, command_pidfd_.get(), 0, nullptr, 0) == 0;
}

bool Warden::WasKilled() const { return !page_->ended; }

Warden::~Warden() {
  // Not close: a child that the host forked meanwhile may hold a copy of the socket.
  if (socket_.valid()) shutdown(socket_.get(), SHUT_RDWR);
  if (!pidfd_.valid()) return;
  AwaitEnd(kKillTime);
  if (joined_) return;  // its parent reaps it
  siginfo_t info;
  waitid(kPidfd, static_cast<id_t>(pidfd_.get()), &info, WEXITED | __WALL);
}

}  // namespace umsdk
