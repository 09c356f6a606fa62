// Parents, sessions, stops and daemons.
#include <sys/prctl.h>
#include <csignal>

#include "tests/guests/guest_test.h"

namespace guest {
namespace {

TEST(ProcessJobs, StopAndContinueAreReported) {
  Pipe go;
  const pid_t child = Fork([&] { go.Await(); });
  int status = 0;
  ASSERT_THAT(kill(child, SIGSTOP), SyscallSucceeds());
  ASSERT_THAT(waitpid(child, &status, WUNTRACED), SyscallSucceedsWithValue(child));
  EXPECT_TRUE(WIFSTOPPED(status));
  EXPECT_EQ(WSTOPSIG(status), SIGSTOP);
  ASSERT_THAT(kill(child, SIGCONT), SyscallSucceeds());
  ASSERT_THAT(waitpid(child, &status, WCONTINUED), SyscallSucceedsWithValue(child));
  EXPECT_TRUE(WIFCONTINUED(status));
  go.Notify();
  EXPECT_TRUE(ExitedWith(WaitFor(child), 0));
}

TEST(ProcessJobs, StopsAreNotReportedUnasked) {
  Pipe go;
  const pid_t child = Fork([&] { go.Await(); });
  int status = 0;
  ASSERT_THAT(kill(child, SIGSTOP), SyscallSucceeds());
  ASSERT_THAT(waitid(P_PID, child, nullptr, WSTOPPED | WNOWAIT), SyscallSucceeds());
  EXPECT_THAT(waitpid(child, &status, WNOHANG), SyscallSucceedsWithValue(0));
  ASSERT_THAT(kill(child, SIGKILL), SyscallSucceeds());
  EXPECT_TRUE(KilledBy(WaitFor(child), SIGKILL));
}

TEST(ProcessJobs, SetsidMakesALeader) {
  PassesInChild([] {
    EXPECT_THAT(setsid(), SyscallSucceedsWithValue(getpid()));
    EXPECT_EQ(getsid(0), getpid());
    EXPECT_EQ(getpgrp(), getpid());
    EXPECT_THAT(setsid(), SyscallFailsWithErrno(EPERM));
    EXPECT_THAT(open("/dev/tty", O_RDWR), SyscallFailsWithErrno(ENXIO));
  });
}

TEST(ProcessJobs, SignalReachesTheWholeGroup) {
  Pipe ready;
  Pipe never;
  const pid_t first = Fork([&] {
    setpgid(0, 0);
    ready.Notify();
    never.Await();
  });
  ASSERT_TRUE(ready.Await());
  const pid_t second = Fork([&] {
    setpgid(0, first);
    ready.Notify();
    never.Await();
  });
  ASSERT_TRUE(ready.Await());
  ASSERT_THAT(kill(-first, SIGTERM), SyscallSucceeds());
  EXPECT_TRUE(KilledBy(WaitFor(first), SIGTERM));
  EXPECT_TRUE(KilledBy(WaitFor(second), SIGTERM));
}

// What a daemon tells of itself once its parent has gone.
struct Report {
  pid_t pid;
  pid_t parent;
  bool reads_files;
};

// Becomes a daemon by forking twice; it reports only after the process in the middle is gone.
void Daemonize(int report_to) {
  setsid();
  const pid_t middle = getpid();
  Fork([=] {
    while (getppid() == middle) sched_yield();
    const Report report = {getpid(), getppid(), !Get("/etc/passwd").empty()};
    EXPECT_EQ(write(report_to, &report, sizeof(report)), static_cast<ssize_t>(sizeof(report)));
  });
}

TEST(ProcessJobs, DaemonLivesOnAfterItsParent) {
  Pipe reports;
  const pid_t middle = Fork([&] { Daemonize(reports.writer()); });
  EXPECT_TRUE(ExitedWith(WaitFor(middle), 0));
  Report report = {};
  ASSERT_THAT(read(reports.reader(), &report, sizeof(report)),
              SyscallSucceedsWithValue(sizeof(report)));
  EXPECT_NE(report.parent, middle);
  EXPECT_TRUE(report.reads_files);
}

TEST(ProcessJobs, GuestCanBeASubreaper) {
  PassesInChild([] {
    ASSERT_THAT(prctl(PR_SET_CHILD_SUBREAPER, 1), SyscallSucceeds());
    Pipe reports;
    const pid_t middle = Fork([&] { Daemonize(reports.writer()); });
    EXPECT_TRUE(ExitedWith(WaitFor(middle), 0));
    Report report = {};
    ASSERT_THAT(read(reports.reader(), &report, sizeof(report)),
                SyscallSucceedsWithValue(sizeof(report)));
    EXPECT_EQ(report.parent, getpid());
    EXPECT_TRUE(ExitedWith(WaitFor(report.pid), 0));
  });
}

TEST(ProcessJobs, ParentDeathSignalArrives) {
  Pipe dead;
  Pipe ready;
  const pid_t middle = Fork([&] {
    Fork([&] {
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      ready.Notify();
      pause();
    });
    dead.CloseWriter();
    pause();
  });
  ASSERT_TRUE(ready.Await());
  dead.CloseWriter();
  kill(middle, SIGKILL);
  WaitFor(middle);
  EXPECT_FALSE(dead.Await()) << "end of file: the grandchild, the last writer, has died as well";
}

}  // namespace
}  // namespace guest
