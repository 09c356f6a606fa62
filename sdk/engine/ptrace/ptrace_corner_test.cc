// What seldom happens: stops of threaded processes, children of odd parents, tracers inside.
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "sdk/base/mutex.h"
#include "sdk/engine/ptrace/engine_test_util.h"

namespace umsdk {
namespace {

INSTANTIATE_ENGINE_MODES(PtraceEngineTest);

int EndOf(pid_t child) {
  int status = 0;
  if (::waitpid(child, &status, 0) != child) return 21;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 22;
}

// The child stops, goes on, and ends; its exit code, or where that went wrong.
int StopAndEndOf(pid_t child, int signal) {
  int status = 0;
  if (::waitpid(child, &status, WUNTRACED) != child || !WIFSTOPPED(status)) return 11;
  if (WSTOPSIG(status) != signal) return 12;
  if (::kill(child, SIGCONT) != 0) return 13;
  if (::waitpid(child, &status, WCONTINUED) != child) return 14;
  if (WIFCONTINUED(status)) return EndOf(child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 15;  // it was faster
}

// One thread waits in a call; another has the process stopped, which needs both.
GUEST(StopWithAWaitingThread) {
  for (int signal : {SIGSTOP, SIGTSTP}) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::setpgid(0, 0);
      std::atomic<long> result = 0;
      std::thread waiting([&] { result = Ask(1); });
      if (Ask(2) != 0) ::_exit(1);  // returns once the other's handler waits
      ::kill(::getpid(), signal);
      waiting.join();
      ::_exit(result == 9 ? 0 : 2);
    }
    if (const int wrong = StopAndEndOf(child, signal); wrong != 0) return wrong;
  }
  return 0;
}

TEST_P(PtraceEngineTest, AProcessStopsAlthoughAThreadWaits) {
  std::atomic<int> waits = 0, seen = 0;
  auto handler = [&](TrappedCall& call) {
    call.WillBlock();
    if (call.arg(0) == 2) {
      const int wanted = ++seen;
      while (waits < wanted * 2 - 1) std::this_thread::yield();
      return Verdict::Return(0);
    }
    if (++waits % 2 == 0) return Verdict::Return(9);
    while (!call.Interrupted()) std::this_thread::yield();
    return Verdict::Restart();
  };
  EXPECT_EQ(Run("StopWithAWaitingThread", handler), Exited(0));
  EXPECT_EQ(waits, 4);
}

// Stops and continuations while calls are injected.
GUEST(StopStorm) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (int i = 0; i < 200; ++i) {
      const long fd = Ask();
      if (fd != 3 || ::close(3) != 0) ::_exit(1);
    }
    ::_exit(0);
  }
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    ::kill(child, SIGSTOP);
    ::sched_yield();
    ::kill(child, SIGCONT);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

TEST_P(PtraceEngineTest, InjectionsSurviveStops) {
  EXPECT_EQ(Run("StopStorm",
                [](TrappedCall& call) {
                  ErrnoOr<int> fd = call.InstallFd(0, true);
                  return fd.ok() ? Verdict::Return(*fd) : Verdict::Fail(fd.error());
                }),
            Exited(0));
}

// A sibling of the command instead of a child: its parent, outside the view, must bury it.
GUEST(CloneParent) {
  const long sibling =
      ::syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (sibling == 0) ::_exit(Ask() == 42 ? 0 : 1);
  if (sibling < 0 || Ask() != 42) return 1;
  return ::waitpid(static_cast<pid_t>(sibling), nullptr, 0) == -1 && errno == ECHILD ? 0 : 2;
}

TEST_P(PtraceEngineTest, AChildOfTheCommandsParentIsCaught) {
  std::atomic<int> calls = 0;
  FunctionHandler handler([&](TrappedCall&) {
    ++calls;
    return Verdict::Return(42);
  });
  std::unique_ptr<GuestTree> tree = Launch("CloneParent", handler);
  ASSERT_NE(tree, nullptr);
  EXPECT_EQ(AwaitExit(*tree), Exited(0));
  tree->Terminate(std::chrono::milliseconds(0), /*linger=*/true);
  EXPECT_EQ(calls, 2);
}

// A thread executes a program while the first one waits in a handler.
GUEST(ExecWhileTheFirstWaits) {
  std::thread other([] {
    Ask(2);
    ::execl("/proc/self/exe", "test", "--guest", "AsksAfterExec", nullptr);
    ::_exit(1);
  });
  Ask(1);
  other.join();
  return 2;
}
GUEST(AsksAfterExec) { return Ask(3) == 7 ? 0 : 3; }

TEST_P(PtraceEngineTest, ExecEndsTheWaitOfTheFirstThread) {
  std::atomic<bool> waits = false, gone = false;
  auto handler = [&](TrappedCall& call) {
    call.WillBlock();
    if (call.arg(0) == 2) {
      while (!waits) std::this_thread::yield();
    } else if (call.arg(0) == 1) {
      waits = true;
      while (call.StillThere()) std::this_thread::yield();
      EXPECT_TRUE(call.Interrupted());
      EXPECT_FALSE(call.InstallFd(0, true).ok());
      gone = true;
      return Verdict::Return(0);
    }
    while (call.arg(0) == 3 && !gone) std::this_thread::yield();
    return Verdict::Return(7);
  };
  EXPECT_EQ(Run("ExecWhileTheFirstWaits", handler), Exited(0));
}

// A debugger inside the view.
GUEST(Traces) {
  const pid_t child = ::fork();
  if (child == 0) {
    const bool refused = ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == -1 && errno == EPERM;
    ::_exit(refused ? 0 : 1);
  }
  if (::ptrace(PTRACE_SEIZE, child, nullptr, nullptr) != -1 || errno != EPERM) return 2;
  if (::ptrace(PTRACE_ATTACH, child, nullptr, nullptr) != -1 || errno != EPERM) return 3;
  return EndOf(child);
}

TEST_P(PtraceEngineTest, TracingIsRefusedAndReportedOnce) {
  Mutex mutex;
  std::vector<std::string> lines;
  PtraceEngine::Options options = GetParam();
  options.report = [&](const std::string& line) {
    MutexLock lock(mutex);
    lines.push_back(line);
  };
  FunctionHandler handler([](TrappedCall&) { return Verdict::Continue(); });
  auto tree = PtraceEngine(options).Launch(Self("Traces"), Traps(), handler);
  ASSERT_TRUE(tree.ok()) << tree.status();
  EXPECT_EQ(AwaitExit(**tree), Exited(0));
  MutexLock lock(mutex);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_NE(lines[0].find("EPERM"), std::string::npos) << lines[0];
}

}  // namespace
}  // namespace umsdk
