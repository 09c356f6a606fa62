// Calls that wait for signals, and signals that calls raise.
#include <poll.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <csignal>

#include "tests/guests/guest_test.h"
#include "tests/guests/handled.h"

namespace guest {
namespace {

TEST(SignalWait, PendingSignalIsDeliveredInsidePpoll) {
  const Handled handled(SIGUSR1);
  raise(SIGUSR1);
  EXPECT_EQ(g_seen, 0);
  const struct timespec soon = {10, 0};
  EXPECT_THAT(ppoll(nullptr, 0, &soon, handled.open()), SyscallFailsWithErrno(EINTR));
  EXPECT_EQ(g_seen, SIGUSR1);
}

TEST(SignalWait, SameOfPselectAndEpollPwaitAndSigsuspend) {
  const Handled handled(SIGUSR1);
  raise(SIGUSR1);
  const struct timespec soon = {10, 0};
  EXPECT_THAT(pselect(0, nullptr, nullptr, nullptr, &soon, handled.open()),
              SyscallFailsWithErrno(EINTR));
  const Fd epoll(epoll_create1(EPOLL_CLOEXEC));
  struct epoll_event event;
  raise(SIGUSR1);
  EXPECT_THAT(epoll_pwait(epoll.get(), &event, 1, 10000, handled.open()),
              SyscallFailsWithErrno(EINTR));
  raise(SIGUSR1);
  EXPECT_THAT(sigsuspend(handled.open()), SyscallFailsWithErrno(EINTR));
}

TEST(SignalWait, AlarmComesOnce) {
  const Handled handled(SIGALRM);
  const struct itimerval soon = {{0, 0}, {0, 1000}};
  ASSERT_THAT(setitimer(ITIMER_REAL, &soon, nullptr), SyscallSucceeds());
  EXPECT_THAT(sigsuspend(handled.open()), SyscallFailsWithErrno(EINTR));
  EXPECT_EQ(g_seen, SIGALRM);
  EXPECT_EQ(alarm(100), 0u) << "nothing was pending";
  EXPECT_GE(alarm(0), 99u);
}

TEST(SignalWait, SignalfdReportsTheSignal) {
  const Handled handled(SIGUSR2);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  const Fd fd(signalfd(-1, &set, SFD_CLOEXEC));
  ASSERT_TRUE(fd.ok());
  raise(SIGUSR2);
  struct signalfd_siginfo info = {};
  EXPECT_THAT(read(fd.get(), &info, sizeof(info)), SyscallSucceedsWithValue(sizeof(info)));
  EXPECT_EQ(info.ssi_signo, static_cast<uint32_t>(SIGUSR2));
  EXPECT_EQ(info.ssi_pid, static_cast<uint32_t>(getpid()));
}

TEST(SignalWait, SigpipeKillsAWriterWithoutAReader) {
  const auto write_to_nobody = [] {
    Pipe pipe;
    pipe.CloseReader();
    EXPECT_THAT(write(pipe.writer(), "x", 1), SyscallFailsWithErrno(EPIPE));
  };
  EXPECT_TRUE(KilledBy(ForkAndWait([&] {
                         signal(SIGPIPE, SIG_DFL);
                         write_to_nobody();
                       }),
                       SIGPIPE));
  PassesInChild([&] {
    signal(SIGPIPE, SIG_IGN);
    write_to_nobody();
  });
}

TEST(SignalWait, NosignalSendDoesNotKill) {
  int ends[2];
  ASSERT_THAT(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), SyscallSucceeds());
  close(ends[1]);
  EXPECT_THAT(send(ends[0], "x", 1, MSG_NOSIGNAL), SyscallFailsWithErrno(EPIPE));
  close(ends[0]);
}

}  // namespace
}  // namespace guest
