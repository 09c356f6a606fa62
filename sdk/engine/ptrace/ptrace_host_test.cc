// What the host application sees of its guests: nothing. And what guests see of its death.
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include <atomic>
#include <thread>

#include "sdk/engine/ptrace/engine_test_util.h"

namespace umsdk {
namespace {

INSTANTIATE_ENGINE_MODES(PtraceEngineTest);

std::atomic<int> g_child_signals = 0;

GUEST(Busy) {
  for (int i = 0; i < 100; ++i) Ask();
  for (int i = 0; i < 5; ++i) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    ::waitpid(child, nullptr, 0);
  }
  return 0;
}

TEST_P(PtraceEngineTest, TheHostsWaitsAndSignalsAreItsOwn) {
  struct sigaction action = {}, before;
  action.sa_handler = [](int) { ++g_child_signals; };
  ::sigaction(SIGCHLD, &action, &before);
  g_child_signals = 0;
  TestPipe pipe;
  FunctionHandler handler([](TrappedCall&) { return Verdict::Return(0); });
  sigset_t mask_before, mask_after;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &mask_before);
  // A thread of the host waits for any child all the time.
  const pid_t own = ::fork();
  if (own == 0) {
    pipe.CloseWriteEnd();
    pipe.Read();
    ::_exit(6);
  }
  int own_status = -1;
  std::thread reaper([&] {
    pid_t reaped;
    while ((reaped = ::waitpid(-1, &own_status, WUNTRACED)) < 0 && errno == EINTR) continue;
    EXPECT_EQ(reaped, own);
  });
  std::unique_ptr<GuestTree> tree = Launch("Busy", handler);
  EXPECT_EQ(AwaitExit(*tree), Exited(0));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), 0) << "only the host's own child is there";
  EXPECT_EQ(g_child_signals, 0);
  tree.reset();
  pipe.CloseWriteEnd();
  reaper.join();
  EXPECT_EQ(own_status, Exited(6));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
  ::pthread_sigmask(SIG_SETMASK, nullptr, &mask_after);
  for (int i = 1; i < NSIG; ++i) {
    EXPECT_EQ(::sigismember(&mask_before, i), ::sigismember(&mask_after, i));
  }
  ::sigaction(SIGCHLD, &before, nullptr);
}

GUEST(SignalState) {
  sigset_t mask;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  struct sigaction ignored, handled;
  ::sigaction(SIGCHLD, nullptr, &ignored);
  ::sigaction(SIGUSR2, nullptr, &handled);
  if (!::sigismember(&mask, SIGUSR1) || ::sigismember(&mask, SIGINT)) return 1;
  if (ignored.sa_handler != SIG_IGN) return 2;
  return handled.sa_handler == SIG_DFL ? 0 : 3;
}

TEST_P(PtraceEngineTest, TheCommandInheritsMaskAndIgnoredSignals) {
  sigset_t mask, before;
  ::sigemptyset(&mask);
  ::sigaddset(&mask, SIGUSR1);
  ::pthread_sigmask(SIG_SETMASK, &mask, &before);
  auto* child_before = ::signal(SIGCHLD, SIG_IGN);
  auto* usr2_before = ::signal(SIGUSR2, [](int) {});
  EXPECT_EQ(Run("SignalState", [](TrappedCall&) { return Verdict::Return(0); }), Exited(0));
  ::signal(SIGCHLD, child_before);
  ::signal(SIGUSR2, usr2_before);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_P(PtraceEngineTest, SeveralTreesAtOnceAlsoFromWithinAHandler) {
  FunctionHandler inner([](TrappedCall&) { return Verdict::Return(0); });
  int inner_status = -1;
  FunctionHandler outer([&](TrappedCall& call) {
    if (inner_status != -1) return Verdict::Return(0);
    call.WillBlock();
    inner_status = AwaitExit(*Launch("Busy", inner));
    return Verdict::Return(0);
  });
  std::unique_ptr<GuestTree> one = Launch("Busy", outer);
  std::unique_ptr<GuestTree> two = Launch("Busy", inner);
  EXPECT_EQ(AwaitExit(*two), Exited(0));
  EXPECT_EQ(AwaitExit(*one), Exited(0));
  EXPECT_EQ(inner_status, Exited(0));
}

GUEST(Daemons) {
  for (int i = 0; i < 3; ++i) {
    if (::fork() == 0) {
      ::setsid();
      if (::fork() == 0) {
        Ask(i + 1);  // does not return
        ::_exit(0);
      }
      while (true) ::pause();
    }
  }
  while (true) ::pause();
}

// The supervisor is a process of its own here. Its guests hold the write end of a pipe.
TEST_P(PtraceEngineTest, NobodySurvivesAKilledSupervisor) {
  TestPipe guests, ready;
  const pid_t supervisor = ::fork();
  if (supervisor == 0) {
    std::atomic<int> calls = 0;
    FunctionHandler handler([&](TrappedCall& call) {
      call.WillBlock();
      if (++calls == 3) ready.Write('r');
      while (call.StillThere()) ::poll(nullptr, 0, 10);
      return Verdict::Return(0);
    });
    std::unique_ptr<GuestTree> tree = Launch("Daemons", handler);
    while (true) ::pause();
  }
  guests.CloseWriteEnd();
  ASSERT_EQ(ready.Read(), 'r');
  ::kill(supervisor, SIGKILL);
  EXPECT_EQ(guests.Read(), 0) << "comes when the last guest has ended";
  EXPECT_EQ(::waitpid(supervisor, nullptr, 0), supervisor);
}

TEST_P(PtraceEngineTest, AKilledTracerIsReportedAsLost) {
  std::atomic<pid_t> tracer = 0;
  FunctionHandler handler([&](TrappedCall& call) {
    call.WillBlock();
    char path[64], parent[16] = {};
    std::snprintf(path, sizeof(path), "/proc/%d/task/%d/status", call.tid(), call.tid());
    FILE* status = std::fopen(path, "r");
    char line[256];
    while (std::fgets(line, sizeof(line), status) != nullptr) {
      if (std::sscanf(line, "TracerPid: %15s", parent) == 1) tracer = std::atoi(parent);
    }
    std::fclose(status);
    EXPECT_NE(tracer, ::getpid());
    ::kill(tracer, SIGKILL);
    while (call.StillThere()) std::this_thread::yield();
    EXPECT_FALSE(call.InstallFd(0, false).ok());
    return Verdict::Return(0);
  });
  std::unique_ptr<GuestTree> tree = Launch("Busy", handler);
  EXPECT_EQ(tree->WaitEvent().kind, GuestEvent::Kind::kLost);
  tree->Terminate(std::chrono::milliseconds(0), false);
}

}  // namespace
}  // namespace umsdk
