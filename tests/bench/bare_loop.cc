// bare_loop CMD [ARG]...: runs CMD with the calls trapped that an ordinary view traps, and answers
// each of them "go on" without looking at it. What is left is the price of the mechanism: no view
// that traps these calls by seccomp user notification can be faster on this machine.

#include <linux/seccomp.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>

#include "sdk/core/routes.h"
#include "sdk/core/service_chain.h"
#include "sdk/engine/filter/seccomp_filter.h"

// Linux 6.6; not in every distribution's headers yet.
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

namespace umsdk {
namespace {

// Room for what a later kernel may add.
union Notification {
  seccomp_notif call;
  char room[256];
};

[[noreturn]] void AnswerAll(const std::atomic<int>& listener) {
  listener.wait(-1);
  const int fd = listener.load();
  ioctl(fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
  for (;;) {
    Notification notification;
    memset(&notification, 0, sizeof(notification));  // the kernel insists
    if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &notification) != 0) continue;
    seccomp_notif_resp answer = {};
    answer.id = notification.call.id;
    answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &answer);
  }
}

// Of this thread and its children only; the one that answers has been started before.
int TrapThisThread() {
  const SeccompFilter filter(PlanTraps(ServiceChain(), /*sealed=*/false), SECCOMP_RET_USER_NOTIF);
  const sock_fprog program = filter.Prepared();
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  const auto install = [&program](unsigned long flags) {
    return static_cast<int>(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program));
  };
  const unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
  const int fd = install(flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
  return fd < 0 && errno == EINVAL ? install(flags) : fd;  // Linux < 5.19
}

int RunCommand(char** argv) {
  pid_t pid;
  const int error = posix_spawnp(&pid, argv[0], nullptr, nullptr, argv, environ);
  if (error != 0) {
    fprintf(stderr, "bare_loop: %s: %s\n", argv[0], strerror(error));
    return 127;
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int Main(int argc, char** argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: bare_loop CMD [ARG]...\n");
    return 125;
  }
  std::atomic<int> listener = -1;
  std::thread(AnswerAll, std::cref(listener)).detach();
  const int fd = TrapThisThread();
  if (fd < 0) {
    perror("bare_loop: seccomp");
    return 125;
  }
  listener.store(fd);
  listener.notify_all();  // a futex: no trapped call
  const int code = RunCommand(argv + 1);
  fflush(stdout);
  _exit(code);  // the other thread never ends
}

}  // namespace
}  // namespace umsdk

int main(int argc, char** argv) { return umsdk::Main(argc, argv); }
