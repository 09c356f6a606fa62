// Trees: every way in which processes and threads end.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <atomic>
#include <thread>

#include "sdk/engine/ptrace/engine_test_util.h"

namespace umsdk {
namespace {

INSTANTIATE_ENGINE_MODES(PtraceEngineTest);

GUEST(KilledInACall) {
  const pid_t child = ::fork();
  if (child == 0) {
    Ask(1);
    ::_exit(1);
  }
  Ask(2);  // returns when the child is in its call
  ::kill(child, SIGKILL);
  int status = -1;
  while (::waitpid(child, &status, __WALL) < 0 && errno == EINTR) continue;
  return status == SIGKILL ? 0 : 1;
}

TEST_P(PtraceEngineTest, AGuestKilledInACallIsGoneAtOnce) {
  std::atomic<bool> blocked = false, gone = false;
  auto handler = [&](TrappedCall& call) {
    call.WillBlock();
    if (call.arg(0) == 1) {
      blocked = true;
      while (call.StillThere()) std::this_thread::yield();
      gone = true;
    } else {
      while (!blocked) std::this_thread::yield();
    }
    return Verdict::Return(0);
  };
  EXPECT_EQ(Run("KilledInACall", handler), Exited(0));
  EXPECT_TRUE(gone);
}

GUEST(ExitGroupWhileInstalling) {
  for (int i = 0; i < 4; ++i) std::thread([] { while (true) ::close(static_cast<int>(Ask(1))); }).detach();
  for (int i = 0; i < 50; ++i) ::close(static_cast<int>(Ask(1)));
  ::_exit(3);
}

TEST_P(PtraceEngineTest, ThreadsEndAtAnyMomentOfAnInjection) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Run("ExitGroupWhileInstalling",
                  [](TrappedCall& call) {
                    ErrnoOr<int> fd = call.InstallFd(0, true);
                    return fd.ok() ? Verdict::Return(*fd) : Verdict::Fail(fd.error());
                  }),
              Exited(3));
  }
}

// A daemon, its pid told, that ignores SIGTERM.
GUEST(LeavesADaemon) {
  if (::fork() == 0) {
    ::setsid();
    if (::fork() == 0) {
      ::signal(SIGTERM, SIG_IGN);
      Ask(1);
      while (true) ::pause();
    }
    ::_exit(0);
  }
  Ask(2);
  return 0;
}

TEST_P(PtraceEngineTest, TerminateEndsDaemonsThatIgnoreIt) {
  std::atomic<pid_t> daemon = 0;
  FunctionHandler handler([&](TrappedCall& call) {
    call.WillBlock();
    if (call.arg(0) == 1) daemon = call.tid();
    while (daemon == 0) std::this_thread::yield();
    return Verdict::Return(0);
  });
  std::unique_ptr<GuestTree> tree = Launch("LeavesADaemon", handler);
  EXPECT_EQ(AwaitExit(*tree), Exited(0));
  EXPECT_EQ(::kill(daemon, 0), 0);
  tree->Terminate(std::chrono::milliseconds(1), /*linger=*/false);
  EXPECT_EQ(::kill(daemon, 0), -1);
}

// Lines of processes, each of which lives until it has forked the next one: always as many, never
// the same.
GUEST(ForksForEver) {
  Ask(1);
  ::signal(SIGCHLD, SIG_IGN);
  constexpr int kLines = 8;
  for (int line = 0; line < kLines; ++line) {
    if (::fork() != 0) continue;
    while (::fork() == 0) continue;
    ::_exit(0);
  }
  return 0;
}

TEST_P(PtraceEngineTest, DestructionEndsATreeThatForks) {
  TestPipe pipe;
  FunctionHandler handler([](TrappedCall&) { return Verdict::Return(0); });
  std::unique_ptr<GuestTree> tree = Launch("ForksForEver", handler);
  AwaitExit(*tree);
  tree.reset();
  pipe.CloseWriteEnd();
  EXPECT_EQ(pipe.Read(), 0) << "somebody of the tree still has the pipe";
}

GUEST(LastWords) {
  ::prctl(PR_SET_PDEATHSIG, 0);
  const pid_t child = ::fork();
  if (child == 0) {
    Ask(1);
    ::_exit(0);
  }
  return 0;
}

TEST_P(PtraceEngineTest, LingerWaitsForDescendants) {
  TestPipe pipe;
  FunctionHandler handler([&](TrappedCall& call) {
    call.WillBlock();
    pipe.Read();
    return Verdict::Return(0);
  });
  std::unique_ptr<GuestTree> tree = Launch("LastWords", handler);
  EXPECT_EQ(AwaitExit(*tree), Exited(0));
  pipe.Write('x');
  tree->Terminate(std::chrono::milliseconds(0), /*linger=*/true);
}

}  // namespace
}  // namespace umsdk
