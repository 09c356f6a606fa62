// Every way to make a process.
#include <linux/sched.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <csignal>

#include "tests/guests/guest_test.h"

extern char** environ;

namespace guest {
namespace {

TEST(ProcessCreate, VforkSharesMemoryAndSuspendsTheParent) {
  volatile int shared = 0;
  const pid_t child = vfork();
  if (child == 0) {
    shared = 7;
    _exit(3);
  }
  EXPECT_EQ(shared, 7);
  EXPECT_TRUE(ExitedWith(WaitFor(child), 3));
}

TEST(ProcessCreate, VforkThenExec) {
  for (int round = 0; round < 20; ++round) {
    const pid_t child = vfork();
    if (child == 0) {
      execl("/bin/sh", "sh", "-c", "exit 4", nullptr);
      _exit(99);
    }
    EXPECT_TRUE(ExitedWith(WaitFor(child), 4));
  }
}

TEST(ProcessCreate, VforkChildSurvivesAFailedExec) {
  const pid_t child = vfork();
  if (child == 0) {
    execl("/nonexistent/program", "x", nullptr);
    _exit(errno == ENOENT ? 5 : 6);
  }
  EXPECT_TRUE(ExitedWith(WaitFor(child), 5));
  EXPECT_EQ(Get("/proc/self/comm").empty(), false);
}

TEST(ProcessCreate, PosixSpawnWithFileActions) {
  Pipe output;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output.writer(), 1);
  char sh[] = "sh", c[] = "-c", script[] = "echo spawned";
  char* argv[] = {sh, c, script, nullptr};
  pid_t child = 0;
  ASSERT_EQ(posix_spawn(&child, "/bin/sh", &actions, nullptr, argv, environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  output.CloseWriter();
  EXPECT_EQ(ReadAll(output.reader()), "spawned\n");
  EXPECT_TRUE(ExitedWith(WaitFor(child), 0));
}

TEST(ProcessCreate, PosixSpawnReportsTheErrnoOfExec) {
  char name[] = "x";
  char* argv[] = {name, nullptr};
  pid_t child = 0;
  EXPECT_EQ(posix_spawn(&child, "/nonexistent", nullptr, nullptr, argv, environ), ENOENT);
}

TEST(ProcessCreate, Clone3GivesAPidfd) {
  int pidfd = -1;
  struct clone_args args = {};
  args.flags = CLONE_PIDFD;
  args.pidfd = reinterpret_cast<uintptr_t>(&pidfd);
  args.exit_signal = SIGCHLD;
  Pipe go;
  const long child = syscall(SYS_clone3, &args, sizeof(args));
  if (child == 0) {
    go.Await();
    _exit(5);
  }
  ASSERT_THAT(child, SyscallSucceeds());
  struct pollfd poll_fd = {pidfd, POLLIN, 0};
  EXPECT_THAT(poll(&poll_fd, 1, 0), SyscallSucceedsWithValue(0));
  go.Notify();
  EXPECT_THAT(poll(&poll_fd, 1, -1), SyscallSucceedsWithValue(1));
  siginfo_t info = {};
  EXPECT_THAT(waitid(static_cast<idtype_t>(P_PIDFD), pidfd, &info, WEXITED), SyscallSucceeds());
  EXPECT_EQ(info.si_pid, child);
  EXPECT_EQ(info.si_status, 5);
  close(pidfd);
}

TEST(ProcessCreate, PidfdSendsSignals) {
  Pipe never;
  const pid_t child = Fork([&] { never.Await(); });
  const Fd pidfd(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
  ASSERT_TRUE(pidfd.ok());
  EXPECT_THAT(syscall(SYS_pidfd_send_signal, pidfd.get(), SIGTERM, nullptr, 0), SyscallSucceeds());
  EXPECT_TRUE(KilledBy(WaitFor(child), SIGTERM));
}

TEST(ProcessCreate, CloneFilesSharesTheTable) {
  const long child = syscall(SYS_clone, CLONE_FILES | SIGCHLD, nullptr, nullptr, nullptr, 0);
  if (child == 0) _exit(dup2(open("/etc/passwd", O_RDONLY), 200) == 200 ? 0 : 1);
  ASSERT_THAT(child, SyscallSucceeds());
  EXPECT_TRUE(ExitedWith(WaitFor(static_cast<pid_t>(child)), 0));
  EXPECT_EQ(ReadLink(ProcFd(200)), "/etc/passwd");
  close(200);
}

TEST(ProcessCreate, CloneFsSharesTheWorkingDirectory) {
  char before[4096];
  ASSERT_NE(getcwd(before, sizeof(before)), nullptr);
  const long child = syscall(SYS_clone, CLONE_FS | SIGCHLD, nullptr, nullptr, nullptr, 0);
  if (child == 0) _exit(chdir("/etc") == 0 ? 0 : 1);
  EXPECT_TRUE(ExitedWith(WaitFor(static_cast<pid_t>(child)), 0));
  char after[4096];
  ASSERT_NE(getcwd(after, sizeof(after)), nullptr);
  EXPECT_STREQ(after, "/etc");
  EXPECT_THAT(chdir(before), SyscallSucceeds());
}

TEST(ProcessCreate, TwoHundredForksAndExecs) {
  for (int round = 0; round < 200; ++round) {
    const std::string script = "exit " + std::to_string(round);
    const pid_t child = Fork([&] {
      execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
      _exit(99);
    });
    ASSERT_TRUE(ExitedWith(WaitFor(child), round)) << round;
  }
}

void Descend(int generations) {
  if (generations == 0) _exit(Get("/etc/passwd").empty() ? 1 : 0);
  _exit(WEXITSTATUS(ForkAndWait([=] { Descend(generations - 1); })));
}

TEST(ProcessCreate, FiftyGenerations) {
  EXPECT_TRUE(ExitedWith(ForkAndWait([] { Descend(50); }), 0));
}

}  // namespace
}  // namespace guest
