// What a handler is told, and how it is called.
#include <sys/syscall.h>
#include <csignal>

#include "tests/guests/guest_test.h"
#include "tests/guests/handled.h"

namespace guest {
namespace {

TEST(SignalInfo, HandlerLearnsTheSender) {
  const Handled handled(SIGUSR1);
  const pid_t parent = getpid();
  const pid_t child = Fork([=] { kill(parent, SIGUSR1); });
  EXPECT_THAT(sigsuspend(handled.open()), SyscallFailsWithErrno(EINTR));
  EXPECT_EQ(g_info.si_pid, child);
  EXPECT_EQ(g_info.si_uid, geteuid());
  EXPECT_EQ(g_info.si_code, SI_USER);
  WaitFor(child);
}

TEST(SignalInfo, QueuedValueArrives) {
  const Handled handled(SIGRTMIN);
  union sigval value = {};
  value.sival_int = 4711;
  ASSERT_THAT(sigqueue(getpid(), SIGRTMIN, value), SyscallSucceeds());
  EXPECT_THAT(sigsuspend(handled.open()), SyscallFailsWithErrno(EINTR));
  EXPECT_EQ(g_info.si_code, SI_QUEUE);
  EXPECT_EQ(g_info.si_value.sival_int, 4711);
}

TEST(SignalInfo, HandlerIsResetOnceWhenAsked) {
  const int status = ForkAndWait([] {
    const Handled handled(SIGUSR1, SA_RESETHAND);
    raise(SIGUSR1);
    EXPECT_THAT(sigsuspend(handled.open()), SyscallFailsWithErrno(EINTR));
    raise(SIGUSR1);
    sigsuspend(handled.open());
  });
  EXPECT_TRUE(KilledBy(status, SIGUSR1));
}

TEST(SignalInfo, AlternateStackIsUsed) {
  static volatile uintptr_t where;
  static char stack[1 << 16];
  PassesInChild([] {
    stack_t alternate = {};
    alternate.ss_sp = stack;
    alternate.ss_size = sizeof(stack);
    ASSERT_THAT(sigaltstack(&alternate, nullptr), SyscallSucceeds());
    struct sigaction action = {};
    action.sa_flags = SA_ONSTACK;
    action.sa_handler = [](int) {
      char here;
      where = reinterpret_cast<uintptr_t>(&here);
    };
    ASSERT_THAT(sigaction(SIGUSR1, &action, nullptr), SyscallSucceeds());
    raise(SIGUSR1);
    EXPECT_GE(where, reinterpret_cast<uintptr_t>(stack));
    EXPECT_LT(where, reinterpret_cast<uintptr_t>(stack) + sizeof(stack));
  });
}

TEST(SignalInfo, BadRequests) {
  EXPECT_THAT(kill(getpid(), 65), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(kill(0x3ffffff, 0), SyscallFailsWithErrno(ESRCH));
  struct sigaction action = {};
  EXPECT_THAT(sigaction(SIGKILL, &action, nullptr), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(syscall(SYS_rt_sigaction, SIGUSR1, 8, nullptr, 8), SyscallFailsWithErrno(EFAULT));
}

}  // namespace
}  // namespace guest
