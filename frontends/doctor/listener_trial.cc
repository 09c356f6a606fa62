#include "frontends/doctor/listener_trial.h"

#include <linux/filter.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace umsdk::frontends {
namespace {

constexpr int kSupervisorEnd = 0, kGuestEnd = 1;
constexpr int kPatienceMilliseconds = 3000;

constexpr int kRefused = 2;  // exit code: seccomp(2) failed; the errno went before

int RunGuest(const ListenerTrial& trial, Channel& channel, int error_pipe) {
  channel.Close(kSupervisorEnd);
  UniqueFd listener(
      InstallFilter(SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER | trial.flags));
  if (!listener.valid()) {
    int error = errno;
    [[maybe_unused]] ssize_t count = ::write(error_pipe, &error, sizeof(error));
    return kRefused;
  }
  if (!channel.Send(kGuestEnd, listener.get())) return 1;
  listener.Reset();
  return trial.judge(::syscall(SYS_getppid)) ? 0 : 1;
}

TrialResult Supervise(const ListenerTrial& trial, int listener) {
  pollfd ready = {.fd = listener, .events = POLLIN, .revents = 0};
  if (::poll(&ready, 1, kPatienceMilliseconds) != 1) {
    errno = ETIMEDOUT;
    return Failed("a trapped call was never reported");
  }
  seccomp_notif call = {};
  if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) {
    return Failed("ioctl(SECCOMP_IOCTL_NOTIF_RECV)");
  }
  return trial.answer(listener, call);
}

}  // namespace

int InstallFilter(unsigned action, unsigned flags) {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, action),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};
  long result = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
  if (result < 0 && errno == EACCES && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
    result = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
  }
  return static_cast<int>(result);
}

TrialResult SendAnswer(int listener, const seccomp_notif& call, long value, unsigned flags) {
  seccomp_notif_resp response = {};
  response.id = call.id;
  response.val = value;
  response.flags = flags;
  if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) != 0) {
    return Failed(flags != 0 ? "ioctl(SECCOMP_IOCTL_NOTIF_SEND with CONTINUE)"
                             : "ioctl(SECCOMP_IOCTL_NOTIF_SEND)");
  }
  return {};
}

TrialResult RunListenerTrial(const ListenerTrial& trial) {
  Channel channel;
  int ends[2];
  if (!channel.valid()) return Failed("socketpair");
  if (::pipe2(ends, O_CLOEXEC) != 0) return Failed("pipe2");
  UniqueFd error_in(ends[0]), error_out(ends[1]);
  Helper guest([&] { return RunGuest(trial, channel, error_out.get()); });
  if (guest.pid() < 0) return Failed("fork");
  channel.Close(kGuestEnd);
  error_out.Reset();
  UniqueFd listener;
  if (!channel.Receive(kSupervisorEnd, &listener)) {
    int error = 0;
    bool told = ::read(error_in.get(), &error, sizeof(error)) == sizeof(error);
    errno = told ? error : EIO;
    return Failed("seccomp(SECCOMP_FILTER_FLAG_NEW_LISTENER)");
  }
  TrialResult result = Supervise(trial, listener.get());
  if (!result.ok()) return result;
  errno = EIO;
  return guest.Succeeds() ? TrialResult() : Failed("the trapped call ended with another result");
}

}  // namespace umsdk::frontends
