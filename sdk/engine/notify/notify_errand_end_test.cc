// TrappedCall::RunAsGuest: what becomes of the trapped call and its thread: signals, stops, ends.
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include <atomic>
#include <thread>

#include "sdk/engine/notify/tree_test_support.h"

namespace umsdk {
namespace {

int AskWithSignal() {
  static std::atomic<int> caught;  // for the handler
  struct sigaction action = {};
  action.sa_handler = [](int) { ++caught; };  // without SA_RESTART
  sigaction(SIGUSR1, &action, nullptr);
  GUEST_CHECK(Ask() == 3);
  GUEST_CHECK(caught == 1);
  return 0;
}

int AskTwiceAtOnce() {
  GUEST_CHECK(Ask() == 2);
  return 0;
}

int AskOnce() {
  Ask();
  return 5;
}

int ExecElsewhere() {
  std::thread other([] {
    AskMore();  // returns once the first thread is held
    execl("/proc/self/exe", "guest", "guest=ask_once", nullptr);
    _exit(1);
  });
  Ask(1);
  other.join();
  return 2;
}

constexpr GuestFunction kGuests[] = {{"ask_with_signal", AskWithSignal},
                                     {"ask_twice_at_once", AskTwiceAtOnce},
                                     {"ask_once", AskOnce},
                                     {"exec_elsewhere", ExecElsewhere}};

TrappedCall::GuestCall GetPid() { return {.number = SYS_getpid}; }

TEST(NotifyErrandEnd, SignalIsDeliveredWithTheVerdict) {
  TestTree tree("ask_with_signal", {{kAsk, [](TrappedCall& call) {
                                       TrappedCall::GuestCall calls[] = {GetPid()};
                                       EXPECT_TRUE(call.RunAsGuest(calls).ok());
                                       EXPECT_EQ(kill(call.tid(), SIGUSR1), 0);
                                       EXPECT_TRUE(call.RunAsGuest(calls).ok());
                                       return Verdict::Return(3);
                                     }}});
  EXPECT_EQ(tree.ExitCode(), 0);
}

TEST(NotifyErrandEnd, StopIsReportedAfterwards) {
  TestTree tree("ask_twice_at_once", {{kAsk, [](TrappedCall& call) {
                                         TrappedCall::GuestCall calls[] = {GetPid()};
                                         EXPECT_TRUE(call.RunAsGuest(calls).ok());
                                         EXPECT_EQ(kill(call.tid(), SIGSTOP), 0);
                                         EXPECT_TRUE(call.RunAsGuest(calls).ok());
                                         return Verdict::Return(2);
                                       }}});
  const GuestEvent stopped = tree->WaitEvent();
  EXPECT_EQ(stopped.kind, GuestEvent::Kind::kStopped);
  EXPECT_TRUE(tree->Signal(SIGCONT).ok());
  EXPECT_EQ(tree.ExitCode(), 0);
}

TEST(NotifyErrandEnd, ContinueMakesTheCallAgain) {
  std::atomic<int> asked = 0;
  TestTree tree("ask_twice_at_once", {{kAsk, [&](TrappedCall& call) {
                                         if (++asked == 2) return Verdict::Return(2);
                                         TrappedCall::GuestCall calls[] = {GetPid()};
                                         EXPECT_TRUE(call.RunAsGuest(calls).ok());
                                         return Verdict::Continue();
                                       }}});
  EXPECT_EQ(tree.ExitCode(), 0);
  EXPECT_EQ(asked, 2);
}

TEST(NotifyErrandEnd, GuestMayDieBeforeIt) {
  TestTree tree("ask_once", {{kAsk, [](TrappedCall& call) {
                                kill(call.tid(), SIGKILL);
                                while (call.StillThere()) sched_yield();
                                TrappedCall::GuestCall calls[] = {GetPid()};
                                EXPECT_FALSE(call.RunAsGuest(calls).ok());
                                return Verdict::Return(0);
                              }}});
  EXPECT_EQ(WTERMSIG(tree.Status()), SIGKILL);
}

TEST(NotifyErrandEnd, GuestMayDieInIt) {
  TestTree tree("ask_once", {{kAsk, [](TrappedCall& call) {
                                TrappedCall::GuestCall calls[] = {GetPid()};
                                EXPECT_TRUE(call.RunAsGuest(calls).ok());
                                kill(call.tid(), SIGKILL);
                                while (call.StillThere()) sched_yield();
                                EXPECT_EQ(call.RunAsGuest(calls).error(), Errno(ESRCH));
                                return Verdict::Return(0);
                              }}});
  EXPECT_EQ(WTERMSIG(tree.Status()), SIGKILL);
}

TEST(NotifyErrandEnd, ThreadMayVanishInAnExecve) {
  std::atomic<bool> held = false;
  HandlerMap handlers;
  handlers[kAsk] = [&](TrappedCall& call) {
    if (call.arg(0) != 1) return Verdict::Return(0);
    TrappedCall::GuestCall calls[] = {GetPid()};
    EXPECT_TRUE(call.RunAsGuest(calls).ok());
    held = true;
    held.notify_all();
    // Its number is given to the other thread: what is asked of it fails, at the latest.
    while (call.RunAsGuest(calls).ok()) sched_yield();
    return Verdict::Return(0);
  };
  handlers[kAskMore] = [&](TrappedCall& call) {
    call.WillBlock();
    held.wait(false);
    return Verdict::Return(0);
  };
  TestTree tree("exec_elsewhere", handlers);
  EXPECT_EQ(tree.ExitCode(), 5);
}

}  // namespace
}  // namespace umsdk

int main(int argc, char** argv) { return umsdk::TestMain(argc, argv, umsdk::kGuests); }
