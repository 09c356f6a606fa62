#include "sdk/engine/launch/handover.h"

#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>

#include "sdk/engine/launch/raw_syscall.h"

namespace umsdk {
namespace {

// A message of one byte and room for one descriptor.
class Message {
 public:
  Message() {
    header_.msg_iov = &data_;
    header_.msg_iovlen = 1;
    header_.msg_control = control_;
    header_.msg_controllen = sizeof(control_);
  }
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  long Send(int socket, int fd) {
    cmsghdr* control = CMSG_FIRSTHDR(&header_);
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(sizeof(int));
    *reinterpret_cast<int*>(CMSG_DATA(control)) = fd;
    return RawSyscall(SYS_sendmsg, socket, &header_, MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  long Receive(int socket) {
    const long size = RawSyscall(SYS_recvmsg, socket, &header_, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (size < 0) return size;
    if (header_.msg_controllen < CMSG_LEN(sizeof(int))) return -EBADMSG;
    return *reinterpret_cast<int*>(CMSG_DATA(CMSG_FIRSTHDR(&header_)));
  }

 private:
  char byte_ = 0;
  iovec data_ = {&byte_, 1};
  alignas(cmsghdr) char control_[CMSG_SPACE(sizeof(int))] = {};
  msghdr header_ = {};
};

[[noreturn]] void RunHelper(const LaunchPage& page, long child, int socket, int ready_end) {
  // Nobody reaps the child before this helper, so the number is still its own.
  const long pidfd = RawSyscall(SYS_pidfd_open, child, 0);
  pollfd fds[] = {{static_cast<int>(pidfd), POLLIN, 0}, {ready_end, POLLIN, 0}};
  while (RawSyscall(SYS_poll, fds, 2, -1) == -EINTR) {
  }
  if (page.filtered && page.listener >= 0) Message().Send(socket, page.listener);
  RawSyscall(SYS_close, pidfd);
  for (;;) RawSyscall(SYS_exit_group, 0);
}

}  // namespace

bool PidfdGetfdIsRefused() { return RawSyscall(SYS_pidfd_getfd, -1, 0, 0) != -EBADF; }

long StartHandover(const LaunchPage& page, int socket, int ready_end) {
  const long child = RawSyscall(SYS_getpid);
  const long helper =
      RawSyscall(SYS_clone, CLONE_FILES | CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (helper == 0) RunHelper(page, child, socket, ready_end);
  return helper;
}

long FinishHandover(const LaunchPage& page, int socket) {
  while (RawSyscall(SYS_wait4, page.helper.load(), nullptr, __WALL, nullptr) == -EINTR) {
  }
  return Message().Receive(socket);
}

}  // namespace umsdk
