#include "frontends/doctor/trial.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace umsdk::frontends {
namespace {

// What comes through the pipe from a trial's child.
struct Message {
  int error;
  char step[512];
};

[[noreturn]] void RunChild(const std::function<TrialResult()>& trial, int out) {
  TrialResult result = trial();
  Message message = {.error = result.error, .step = {}};
  std::strncpy(message.step, result.step.c_str(), sizeof(message.step) - 1);
  [[maybe_unused]] ssize_t count = ::write(out, &message, sizeof(message));
  ::_exit(0);
}

TrialResult Collect(pid_t child, int in, int seconds) {
  pollfd ready = {.fd = in, .events = POLLIN, .revents = 0};
  Message message;
  bool silent = ::poll(&ready, 1, seconds * 1000) <= 0;
  bool complete = !silent && ::read(in, &message, sizeof(message)) == sizeof(message);
  ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (silent) return {ETIMEDOUT, "no answer after " + std::to_string(seconds) + " s"};
  if (complete) return {message.error, message.step};
  bool filter = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
  return {filter ? EPERM : EIO,
          filter ? "killed by a seccomp filter (SIGSYS)" : "the test crashed"};
}

}  // namespace

TrialResult Failed(const std::string& step) {
  int error = errno;
  return {error == 0 ? EIO : error, step};
}

TrialResult TryInChild(const std::function<TrialResult()>& trial, int seconds) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Failed("pipe2");
  UniqueFd in(ends[0]), out(ends[1]);
  pid_t child = ::fork();
  if (child < 0) return Failed("fork");
  if (child == 0) RunChild(trial, out.get());
  out.Reset();
  return Collect(child, in.get(), seconds);
}

Helper::Helper(const std::function<int()>& body) {
  pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ != 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::_exit(::getppid() == parent ? body() : 1);
}

Helper::~Helper() {
  if (pid_ <= 0 || ended_) return;
  ::kill(pid_, SIGKILL);
  while (Wait() >= 0 && !ended_) {
  }
}

int Helper::Wait(int options) {
  int status = 0;
  pid_t got;
  while ((got = ::waitpid(pid_, &status, options | __WALL)) < 0 && errno == EINTR) {
  }
  if (got != pid_) return -1;
  ended_ = WIFEXITED(status) || WIFSIGNALED(status);
  return status;
}

bool Helper::Succeeds() {
  int status = Wait();
  return status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Channel::Channel() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return;
  ends_[0].Reset(ends[0]);
  ends_[1].Reset(ends[1]);
}

bool Channel::Send(int end, int fd) {
  char byte = 1;
  iovec data = {&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (fd >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &fd, sizeof(fd));
  }
  return ::sendmsg(ends_[end].get(), &message, MSG_NOSIGNAL) == 1;
}

bool Channel::Receive(int end, UniqueFd* fd) {
  char byte = 0;
  iovec data = {&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  if (::recvmsg(ends_[end].get(), &message, MSG_CMSG_CLOEXEC) != 1) return false;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return fd == nullptr;
  int number;
  std::memcpy(&number, CMSG_DATA(header), sizeof(number));
  UniqueFd received(number);
  if (fd != nullptr) *fd = std::move(received);
  return true;
}

}  // namespace umsdk::frontends
