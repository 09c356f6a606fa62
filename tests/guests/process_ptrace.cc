// A debugger inside the view.
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <csignal>

#include "tests/guests/guest_test.h"

namespace guest {
namespace {

class ProcessPtrace : public ::testing::Test {
 protected:
  void SetUp() override {
    if (Engine() == "ptrace") GTEST_SKIP() << "a task has one tracer, and the engine is it";
  }

  // A child that stops, traced, before it runs `body`.
  template <typename Body>
  pid_t ForkTraced(Body body) {
    const pid_t child = Fork([&] {
      ASSERT_THAT(ptrace(PTRACE_TRACEME, 0, nullptr, nullptr), SyscallSucceeds());
      raise(SIGSTOP);
      body();
    });
    EXPECT_EQ(AwaitStop(child) >> 8, SIGSTOP);
    EXPECT_THAT(ptrace(PTRACE_SETOPTIONS, child, nullptr,
                       PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC),
                SyscallSucceeds());
    return child;
  }

  // The wait status of the next stop; shifted right by 8: the signal, and the event above it.
  int AwaitStop(pid_t child) {
    int status = 0;
    EXPECT_THAT(waitpid(child, &status, __WALL), SyscallSucceedsWithValue(child));
    EXPECT_TRUE(WIFSTOPPED(status)) << status;
    return status;
  }

  // Runs `child` until it enters `number`; the next stop is its exit.
  struct user_regs_struct AwaitEntry(pid_t child, long number) {
    struct user_regs_struct regs = {};
    do {
      EXPECT_THAT(ptrace(PTRACE_SYSCALL, child, nullptr, nullptr), SyscallSucceeds());
      if (AwaitStop(child) >> 8 != (SIGTRAP | 0x80)) break;
      EXPECT_THAT(ptrace(PTRACE_GETREGS, child, nullptr, &regs), SyscallSucceeds());
    } while (static_cast<long>(regs.orig_rax) != number);
    EXPECT_EQ(static_cast<long>(regs.rax), -ENOSYS) << "not at the entry";
    return regs;
  }

  struct user_regs_struct AwaitReturn(pid_t child) {
    struct user_regs_struct regs = {};
    EXPECT_THAT(ptrace(PTRACE_SYSCALL, child, nullptr, nullptr), SyscallSucceeds());
    EXPECT_EQ(AwaitStop(child) >> 8, SIGTRAP | 0x80);
    EXPECT_THAT(ptrace(PTRACE_GETREGS, child, nullptr, &regs), SyscallSucceeds());
    return regs;
  }

  void ExpectGoesOn(pid_t child, int code) {
    EXPECT_THAT(ptrace(PTRACE_CONT, child, nullptr, nullptr), SyscallSucceeds());
    EXPECT_TRUE(ExitedWith(WaitFor(child), code));
  }
};

TEST_F(ProcessPtrace, TracedChildStopsAndGoesOn) {
  const pid_t child = ForkTraced([] { _exit(6); });
  ExpectGoesOn(child, 6);
}

TEST_F(ProcessPtrace, ResultOfACallCanBeReplaced) {
  const pid_t child = ForkTraced([] { _exit(syscall(SYS_getppid) == 4242 ? 6 : 7); });
  AwaitEntry(child, SYS_getppid);
  struct user_regs_struct regs = AwaitReturn(child);
  EXPECT_EQ(static_cast<pid_t>(regs.rax), getpid());
  regs.rax = 4242;
  EXPECT_THAT(ptrace(PTRACE_SETREGS, child, nullptr, &regs), SyscallSucceeds());
  ExpectGoesOn(child, 6);
}

TEST_F(ProcessPtrace, OpenIsSeenWithItsPathAndResult) {
  static const char kPath[] = "/etc/passwd";
  const pid_t child = ForkTraced([] { _exit(open(kPath, O_RDONLY)); });
  const struct user_regs_struct entry = AwaitEntry(child, SYS_openat);
  errno = 0;
  const long word = ptrace(PTRACE_PEEKDATA, child, entry.rsi, nullptr);
  EXPECT_EQ(errno, 0);
  EXPECT_EQ(memcmp(&word, kPath, sizeof(word)), 0);
  const struct user_regs_struct done = AwaitReturn(child);
  EXPECT_GE(static_cast<long>(done.rax), 3);
  ExpectGoesOn(child, static_cast<int>(done.rax));
}

TEST_F(ProcessPtrace, SuppressedCallDoesNotHappen) {
  const pid_t child = ForkTraced([] { _exit(open("/etc/passwd", O_RDONLY) == -1 ? 6 : 7); });
  struct user_regs_struct regs = AwaitEntry(child, SYS_openat);
  regs.orig_rax = -1;
  EXPECT_THAT(ptrace(PTRACE_SETREGS, child, nullptr, &regs), SyscallSucceeds());
  AwaitReturn(child);
  ExpectGoesOn(child, 6);
}

TEST_F(ProcessPtrace, ExecIsReported) {
  const pid_t child = ForkTraced([] { execl("/bin/sh", "sh", "-c", "exit 8", nullptr); });
  EXPECT_THAT(ptrace(PTRACE_CONT, child, nullptr, nullptr), SyscallSucceeds());
  EXPECT_EQ(AwaitStop(child) >> 8, SIGTRAP | (PTRACE_EVENT_EXEC << 8));
  ExpectGoesOn(child, 8);
}

TEST_F(ProcessPtrace, RunningProcessIsInterruptedAndLetGo) {
  Pipe go;
  const pid_t child = Fork([&] { EXPECT_TRUE(go.Await()); });
  AwaitBlockedIn(child, SYS_read);
  ASSERT_THAT(ptrace(PTRACE_SEIZE, child, nullptr, nullptr), SyscallSucceeds());
  ASSERT_THAT(ptrace(PTRACE_INTERRUPT, child, nullptr, nullptr), SyscallSucceeds());
  EXPECT_EQ(AwaitStop(child) >> 8, SIGTRAP | (PTRACE_EVENT_STOP << 8));
  ASSERT_THAT(ptrace(PTRACE_DETACH, child, nullptr, nullptr), SyscallSucceeds());
  go.Notify();
  EXPECT_TRUE(ExitedWith(WaitFor(child), 0));
}

TEST_F(ProcessPtrace, ProcessBlockedInOpenIsInterruptedAndLetGo) {
  char dir[] = "/dev/shm/g.XXXXXX";
  ASSERT_NE(mkdtemp(dir), nullptr);
  const std::string fifo = std::string(dir) + "/fifo";
  ASSERT_THAT(mkfifo(fifo.c_str(), 0600), SyscallSucceeds());
  const pid_t child = Fork([&] { EXPECT_EQ(Get(fifo), "late"); });
  AwaitBlockedIn(child, SYS_openat);
  ASSERT_THAT(ptrace(PTRACE_SEIZE, child, nullptr, nullptr), SyscallSucceeds());
  ASSERT_THAT(ptrace(PTRACE_INTERRUPT, child, nullptr, nullptr), SyscallSucceeds());
  EXPECT_EQ(AwaitStop(child) >> 8, SIGTRAP | (PTRACE_EVENT_STOP << 8));
  ASSERT_THAT(ptrace(PTRACE_DETACH, child, nullptr, nullptr), SyscallSucceeds());
  Put(fifo, "late");
  EXPECT_TRUE(ExitedWith(WaitFor(child), 0));
  unlink(fifo.c_str());
  rmdir(dir);
}

}  // namespace
}  // namespace guest
