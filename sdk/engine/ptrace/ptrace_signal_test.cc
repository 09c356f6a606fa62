// Signals: delivered as they are, stops and continues, calls that are interrupted or started again.
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include <atomic>
#include <thread>

#include "sdk/engine/ptrace/engine_test_util.h"

namespace umsdk {
namespace {

INSTANTIATE_ENGINE_MODES(PtraceEngineTest);

Verdict Nothing(TrappedCall&) { return Verdict::Return(0); }

TEST_P(PtraceEngineTest, StopAndContinueOfTheCommandAreReported) {
  TestPipe pipe;
  FunctionHandler handler([&](TrappedCall& call) {
    call.WillBlock();
    pipe.Read();
    return Verdict::Return(0);
  });
  std::unique_ptr<GuestTree> tree = Launch("StopsItself", handler);
  GuestEvent event = tree->WaitEvent();
  EXPECT_EQ(event.kind, GuestEvent::Kind::kStopped);
  ASSERT_TRUE(WIFSTOPPED(event.wait_status));
  EXPECT_EQ(WSTOPSIG(event.wait_status), SIGTSTP);
  pollfd waiting = {tree->event_fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&waiting, 1, 0), 0);
  EXPECT_TRUE(tree->Signal(SIGCONT).ok());
  EXPECT_EQ(tree->WaitEvent().kind, GuestEvent::Kind::kContinued);
  pipe.Write('x');
  EXPECT_EQ(::poll(&waiting, 1, -1), 1);
  EXPECT_EQ(tree->WaitEvent().wait_status, Exited(4));
  EXPECT_EQ(tree->WaitEvent().wait_status, Exited(4)) << "the last event stays";
}

GUEST(StopsItself) {
  ::signal(SIGTSTP, SIG_DFL);
  ::raise(SIGTSTP);
  Ask();
  return 4;
}

volatile int g_value = 0;
void NoteValue(int, siginfo_t* info, void*) { g_value = info->si_value.sival_int; }

GUEST(QueuedValue) {
  struct sigaction action = {};
  action.sa_sigaction = &NoteValue;
  action.sa_flags = SA_SIGINFO;
  ::sigaction(SIGRTMIN, &action, nullptr);
  sigset_t queued, before;
  ::sigemptyset(&queued);
  ::sigaddset(&queued, SIGRTMIN);
  ::sigprocmask(SIG_BLOCK, &queued, &before);
  ::sigqueue(::getpid(), SIGRTMIN, {.sival_int = 77});
  while (g_value == 0) ::sigsuspend(&before);
  return g_value == 77 ? 0 : 1;
}

TEST_P(PtraceEngineTest, SignalsKeepWhatTheyCarry) {
  EXPECT_EQ(Run("QueuedValue", Nothing), Exited(0));
}

std::atomic<int> g_handled = 0;
void Count(int) { ++g_handled; }

void Catch(int signal, int flags) {
  struct sigaction action = {};
  action.sa_handler = &Count;
  action.sa_flags = flags;
  ::sigaction(signal, &action, nullptr);
}

// Without SA_RESTART the call ends with EINTR, whatever the handler of the call is doing.
GUEST(InterruptedCall) {
  Catch(SIGUSR1, 0);
  const long result = Ask(1);
  return result == -1 && errno == EINTR && g_handled == 1 ? 0 : 1;
}

// With SA_RESTART it is made again, and caught again.
GUEST(RestartedCall) {
  Catch(SIGUSR1, SA_RESTART);
  return Ask(1) == 9 && g_handled == 1 ? 0 : 1;
}

// The first call waits until it is interrupted; the second is answered 9. `install`: the handler has
// had calls run in the guest before it gives way.
FunctionHandler::Function GivesWay(int& calls, bool install) {
  return [&calls, install](TrappedCall& call) {
    if (++calls > 1) return Verdict::Return(9);
    call.WillBlock();
    EXPECT_FALSE(call.Interrupted());
    if (install) {
      EXPECT_TRUE(call.InstallFd(0, true).ok());
    }
    EXPECT_EQ(::kill(call.tid(), SIGUSR1), 0);
    while (!call.Interrupted()) std::this_thread::yield();
    return Verdict::Restart();
  };
}

TEST_P(PtraceEngineTest, RestartWithoutSaRestartIsEINTR) {
  for (bool install : {false, true}) {
    int calls = 0;
    EXPECT_EQ(Run("InterruptedCall", GivesWay(calls, install)), Exited(0));
    EXPECT_EQ(calls, 1);
  }
}

TEST_P(PtraceEngineTest, RestartWithSaRestartCallsAgain) {
  for (bool install : {false, true}) {
    int calls = 0;
    EXPECT_EQ(Run("RestartedCall", GivesWay(calls, install)), Exited(0));
    EXPECT_EQ(calls, 2);
  }
}

GUEST(JustAsks) { return Ask(1) == 9 ? 0 : 1; }

TEST_P(PtraceEngineTest, RestartWithoutASignalCallsAgain) {
  int calls = 0;
  EXPECT_EQ(Run("JustAsks",
                [&](TrappedCall&) {
                  return ++calls == 1 ? Verdict::Restart() : Verdict::Return(9);
                }),
            Exited(0));
  EXPECT_EQ(calls, 2);
}

TEST_P(PtraceEngineTest, IgnoredSignalsDoNotInterrupt) {
  EXPECT_EQ(Run("JustAsks",
                [](TrappedCall& call) {
                  ::kill(call.tid(), SIGCHLD);
                  ::kill(call.tid(), SIGWINCH);
                  EXPECT_FALSE(call.Interrupted());
                  return Verdict::Return(9);
                }),
            Exited(0));
}

// A child that is stopped while its call is being handled: its parent sees the stop once the handler
// gives way, and the call goes on after SIGCONT.
GUEST(StoppedInACall) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(Ask(1) == 9 ? 0 : 1);
  int status = 0;
  if (::waitpid(child, &status, WUNTRACED) != child || !WIFSTOPPED(status)) return 1;
  if (WSTOPSIG(status) != SIGSTOP) return 2;
  ::kill(child, SIGCONT);
  if (::waitpid(child, &status, WCONTINUED) != child) return 3;
  if (WIFCONTINUED(status) && ::waitpid(child, &status, 0) != child) return 4;
  return status == 0 ? 0 : 5;
}

TEST_P(PtraceEngineTest, StopDuringACallIsSeenByTheParent) {
  for (bool install : {false, true}) {
    int calls = 0;
    auto handler = [&](TrappedCall& call) {
      if (++calls > 1) return Verdict::Return(9);
      call.WillBlock();
      ::kill(call.tid(), SIGSTOP);
      while (!call.Interrupted()) std::this_thread::yield();
      if (install) {
      EXPECT_TRUE(call.InstallFd(0, true).ok());
    }
      return Verdict::Restart();
    };
    EXPECT_EQ(Run("StoppedInACall", handler), Exited(0));
    EXPECT_EQ(calls, 2);
  }
}

// Signals keep coming while calls are injected: none is lost, none is seen by the injected calls.
GUEST(SignalStorm) {
  Catch(SIGUSR1, 0);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    for (int i = 0; i < 300; ++i) {
      ::kill(parent, SIGUSR1);
      ::sched_yield();
    }
    ::_exit(0);
  }
  int status;
  do {
    const long fd = Ask(1);
    if (fd != 3 || ::close(3) != 0) return 1;
  } while (::waitpid(child, &status, WNOHANG) != child);
  return g_handled > 0 ? 0 : 2;
}

TEST_P(PtraceEngineTest, InjectionsSurviveSignals) {
  EXPECT_EQ(Run("SignalStorm",
                [](TrappedCall& call) {
                  ErrnoOr<int> fd = call.InstallFd(0, true);
                  return fd.ok() ? Verdict::Return(*fd) : Verdict::Fail(fd.error());
                }),
            Exited(0));
}

}  // namespace
}  // namespace umsdk
