// How a process ends, as its parent sees it.
#include <sys/syscall.h>
#include <csignal>
#include <thread>

#include "tests/guests/guest_test.h"

namespace guest {
namespace {

TEST(ProcessExit, StatusIsTheLowByte) {
  for (int code : {0, 1, 7, 42, 125, 255}) {
    EXPECT_TRUE(ExitedWith(ForkAndWait([=] { _exit(code); }), code)) << code;
  }
  EXPECT_TRUE(ExitedWith(ForkAndWait([] { _exit(256 + 3); }), 3));
}

TEST(ProcessExit, DeathBySignalIsReported) {
  for (int signal : {SIGKILL, SIGTERM, SIGHUP, SIGABRT, SIGSEGV, SIGUSR1}) {
    EXPECT_TRUE(KilledBy(ForkAndWait([=] { kill(getpid(), signal); }), signal)) << signal;
  }
}

TEST(ProcessExit, FaultKillsWithSigsegv) {
  const int status = ForkAndWait([] { *static_cast<volatile int*>(BadAddress()) = 1; });
  EXPECT_TRUE(KilledBy(status, SIGSEGV));
}

TEST(ProcessExit, ShellSeesTheSignalOfItsCommand) {
  const int status = ForkAndWait([] {
    execl("/bin/sh", "sh", "-c", "exec 2>/dev/null; sh -c 'kill -9 $$'; exit $?", nullptr);
    _exit(99);
  });
  EXPECT_TRUE(ExitedWith(status, 137));
}

TEST(ProcessExit, AnyThreadCanEndTheProcess) {
  Pipe never;
  const int status = ForkAndWait([&] {
    std::thread([] { syscall(SYS_exit_group, 9); }).detach();
    never.Await();
  });
  EXPECT_TRUE(ExitedWith(status, 9));
}

TEST(ProcessExit, ProcessOutlivesItsLeaderThread) {
  Pipe go;
  const pid_t child = Fork([&] {
    std::thread([&] {
      // The leader is a zombie now, or soon; files are reached all the same.
      go.Await();
      const Fd file = Open("/etc/passwd", O_RDONLY);
      char byte;
      _exit(read(file.get(), &byte, 1) == 1 ? 5 : 6);
    }).detach();
    syscall(SYS_exit, 0);
  });
  std::string state;
  const std::string stat = "/proc/" + std::to_string(child) + "/stat";
  while (state.find(") Z") == std::string::npos) state = Get(stat);
  go.Notify();
  EXPECT_TRUE(ExitedWith(WaitFor(child), 5));
}

TEST(ProcessExit, WaitidTellsWhoAndWhy) {
  const pid_t child = Fork([] { _exit(3); });
  siginfo_t info = {};
  ASSERT_THAT(waitid(P_PID, child, &info, WEXITED | WNOWAIT), SyscallSucceeds());
  EXPECT_EQ(info.si_pid, child);
  EXPECT_EQ(info.si_code, CLD_EXITED);
  EXPECT_EQ(info.si_status, 3);
  EXPECT_TRUE(ExitedWith(WaitFor(child), 3)) << "WNOWAIT left it to be waited for";
  EXPECT_THAT(waitpid(child, nullptr, 0), SyscallFailsWithErrno(ECHILD));
}

TEST(ProcessExit, WnohangReturnsZeroWhileItRuns) {
  Pipe go;
  const pid_t child = Fork([&] { go.Await(); });
  EXPECT_THAT(waitpid(child, nullptr, WNOHANG), SyscallSucceedsWithValue(0));
  go.Notify();
  EXPECT_TRUE(ExitedWith(WaitFor(child), 0));
}

TEST(ProcessExit, ParentGetsSigchld) {
  sigset_t chld;
  sigemptyset(&chld);
  sigaddset(&chld, SIGCHLD);
  sigset_t old;
  ASSERT_EQ(sigprocmask(SIG_BLOCK, &chld, &old), 0);
  const pid_t child = Fork([] { _exit(4); });
  siginfo_t info = {};
  EXPECT_EQ(sigwaitinfo(&chld, &info), SIGCHLD);
  EXPECT_EQ(info.si_pid, child);
  EXPECT_EQ(info.si_status, 4);
  WaitFor(child);
  EXPECT_EQ(sigprocmask(SIG_SETMASK, &old, nullptr), 0);
}

}  // namespace
}  // namespace guest
