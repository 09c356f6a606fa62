// Who executes, by a short path: what it hands on, one of several threads, a child that shares its
// parent's memory, one that is debugged.
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "tests/guests/exec_short_test.h"

extern char** environ;

namespace guest {
namespace {

using ProcessExecCaller = ExecShortTest;

TEST_F(ProcessExecCaller, SignalsAreInherited) {
  Copy("/bin/grep", "src/grep");
  const std::string shown = OutputOf([] {
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    sigprocmask(SIG_SETMASK, &mask, nullptr);
    raise(SIGUSR2);
    execl("src/grep", "grep", "-hE", "SigPnd|SigBlk", "/proc/self/status", nullptr);
  });
  unsigned long pending = 0, blocked = 0;
  ASSERT_EQ(sscanf(shown.c_str(), "SigPnd: %lx SigBlk: %lx", &pending, &blocked), 2) << shown;
  EXPECT_EQ(blocked, 1ul << (SIGUSR2 - 1));
  EXPECT_EQ(pending, 1ul << (SIGUSR2 - 1));
}

TEST_F(ProcessExecCaller, ByAThreadThatIsNotTheLeader) {
  Copy("/bin/sh", "src/sh");
  const pid_t child = Fork([&] {
    ASSERT_THAT(chdir(dir().c_str()), SyscallSucceeds());
    std::thread([] { execl("src/sh", "sh", "-c", "exit $(($$ % 200))", nullptr); }).detach();
    for (;;) pause();
  });
  EXPECT_TRUE(ExitedWith(WaitFor(child), child % 200)) << "it takes the leader's process id";
}

TEST_F(ProcessExecCaller, ManyAtOnce) {
  Copy("/bin/true", "src/true");
  Put(P("src/s"), "#!/bin/sh\nexit 0\n", 0755);
  std::vector<pid_t> children;
  for (int i = 0; i < 12; ++i) {
    children.push_back(Fork([&] {
      ASSERT_THAT(chdir(dir().c_str()), SyscallSucceeds());
      const char* const path = i % 2 == 0 ? "src/true" : "src/s";
      if (i % 3 == 0) std::thread([&] { execl(path, "x", nullptr); }).join();
      execl(path, "x", nullptr);
      _exit(99);
    }));
  }
  for (const pid_t child : children) EXPECT_TRUE(ExitedWith(WaitFor(child), 0));
}

// The strings belong to the parent as well, whose other threads run on.
TEST_F(ProcessExecCaller, VforkLeavesTheParentsMemoryAlone) {
  Copy("/bin/true", "src/true");
  ASSERT_THAT(chdir(dir().c_str()), SyscallSucceeds());
  static char path[] = "src/true\0behind";
  static const std::string whole(path, sizeof(path));
  std::atomic<bool> stop = false, changed = false;
  std::thread watcher([&] {
    while (!stop) changed = changed || memcmp(path, whole.data(), whole.size()) != 0;
  });
  for (int i = 0; i < 8; ++i) {
    const pid_t child = vfork();
    if (child == 0) {
      char* const argv[] = {path, nullptr};
      execve(path, argv, environ);
      _exit(99);
    }
    EXPECT_TRUE(ExitedWith(WaitFor(child), 0));
  }
  stop = true;
  watcher.join();
  EXPECT_FALSE(changed);
  ASSERT_THAT(chdir("/"), SyscallSucceeds());
}

TEST_F(ProcessExecCaller, UnderADebugger) {
  if (Engine() == "ptrace") GTEST_SKIP() << "docs/differences.md: guests that ptrace each other";
  Copy("/bin/cat", "src/a-cat");
  Pipe output;
  const pid_t child = Fork([&] {
    dup2(output.writer(), 1);
    ASSERT_THAT(chdir(dir().c_str()), SyscallSucceeds());
    ASSERT_THAT(ptrace(PTRACE_TRACEME, 0, 0, 0), SyscallSucceeds());
    execl("src/a-cat", "x", "/proc/self/comm", nullptr);
    _exit(errno);
  });
  output.CloseWriter();
  int status = WaitFor(child);
  EXPECT_TRUE(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP) << status;
  EXPECT_THAT(ptrace(PTRACE_CONT, child, 0, 0), SyscallSucceeds());
  EXPECT_EQ(ReadAll(output.reader()), "a-cat\n");
  EXPECT_TRUE(ExitedWith(WaitFor(child), 0));
}

}  // namespace
}  // namespace guest
