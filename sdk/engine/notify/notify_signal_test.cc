// TrappedCall::Interrupted and StillThere: signals, stops and death of a guest whose call waits.
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include <atomic>
#include <cerrno>

#include "sdk/engine/notify/tree_test_support.h"

namespace umsdk {
namespace {

std::atomic<int>& Caught() {
  static std::atomic<int> caught;  // for a signal handler
  return caught;
}

int AskWithSignal(int flags) {
  struct sigaction action = {};
  action.sa_handler = [](int) { ++Caught(); };
  action.sa_flags = flags;
  sigaction(SIGUSR1, &action, nullptr);
  const long answer = Ask();
  GUEST_CHECK(Caught() == 1);
  if ((flags & SA_RESTART) != 0) GUEST_CHECK(answer == 4);
  if ((flags & SA_RESTART) == 0) GUEST_CHECK(answer == -1 && errno == EINTR);
  return 0;
}

int IsInterrupted() { return AskWithSignal(0); }
int IsRestarted() { return AskWithSignal(SA_RESTART); }

int IgnoresSignals() {
  signal(SIGUSR1, SIG_IGN);
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR2);
  sigprocmask(SIG_BLOCK, &blocked, nullptr);
  GUEST_CHECK(Ask() == 0);
  return 0;
}

int StopAndAsk() {
  GUEST_CHECK(Ask() == 4);
  return 0;
}

constexpr GuestFunction kGuests[] = {{"is_interrupted", IsInterrupted},
                                     {"is_restarted", IsRestarted},
                                     {"ignores_signals", IgnoresSignals},
                                     {"stop_and_ask", StopAndAsk}};

// Sends the guest a signal at the first call, and lets it go when that is noticed.
HandlerMap Interrupting(int signal, std::atomic<int>& calls) {
  return {{kAsk, [signal, &calls](TrappedCall& call) {
             if (++calls > 1) return Verdict::Return(4);
             call.WillBlock();
             EXPECT_FALSE(call.Interrupted());
             EXPECT_EQ(kill(call.tid(), signal), 0);
             while (!call.Interrupted()) sched_yield();
             EXPECT_TRUE(call.StillThere());
             return Verdict::Restart();
           }}};
}

TEST(NotifySignal, CaughtSignalInterrupts) {
  std::atomic<int> calls = 0;
  EXPECT_EQ(TestTree("is_interrupted", Interrupting(SIGUSR1, calls)).ExitCode(), 0);
  EXPECT_EQ(calls, 1);
}

TEST(NotifySignal, CallIsMadeAgainAfterTheSignal) {
  std::atomic<int> calls = 0;
  EXPECT_EQ(TestTree("is_restarted", Interrupting(SIGUSR1, calls)).ExitCode(), 0);
  EXPECT_EQ(calls, 2);
}

TEST(NotifySignal, IgnoredAndBlockedSignalsDoNotInterrupt) {
  TestTree tree("ignores_signals", {{kAsk, [](TrappedCall& call) {
                                       call.WillBlock();
                                       kill(call.tid(), SIGUSR1);
                                       kill(call.tid(), SIGUSR2);
                                       kill(call.tid(), SIGCHLD);
                                       return Verdict::Return(call.Interrupted() ? 1 : 0);
                                     }}});
  EXPECT_EQ(tree.ExitCode(), 0);
}

TEST(NotifySignal, StopSignalInterrupts) {
  std::atomic<int> calls = 0;
  TestTree tree("stop_and_ask", Interrupting(SIGSTOP, calls));
  EXPECT_EQ(tree->WaitEvent().kind, GuestEvent::Kind::kStopped);
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(tree->Signal(SIGCONT).ok());
  EXPECT_EQ(tree.ExitCode(), 0);
  EXPECT_EQ(calls, 2);
}

TEST(NotifySignal, DeathIsNoticed) {
  TestTree tree("stop_and_ask", {{kAsk, [](TrappedCall& call) {
                                    EXPECT_TRUE(call.StillThere());
                                    kill(call.tid(), SIGKILL);
                                    while (call.StillThere()) sched_yield();
                                    EXPECT_TRUE(call.Interrupted());
                                    EXPECT_FALSE(call.InstallFd(0, true).ok());
                                    EXPECT_EQ(call.WriteMemory(call.arg(0), "x", 1), 0u);
                                    return Verdict::Return(0);
                                  }}});
  EXPECT_FALSE(WIFEXITED(tree.Status()));
}

}  // namespace
}  // namespace umsdk

int main(int argc, char** argv) { return umsdk::TestMain(argc, argv, umsdk::kGuests); }
