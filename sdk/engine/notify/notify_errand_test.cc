// TrappedCall::RunAsGuest: guest threads change their directory; results; who refuses.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/limits.h>
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>
#include <vector>

#include "sdk/engine/notify/tree_test_support.h"

namespace umsdk {
namespace {

constexpr char kDirectory[] = "/proc/sys";

// One chdir, checked; 0 or a line. Not SYS_chdir: its answer must come from the handler.
int ChangeDirectory() {
  GUEST_CHECK(chdir("/") == 0);
  GUEST_CHECK(Ask() == 77);
  char path[PATH_MAX];
  GUEST_CHECK(getcwd(path, sizeof(path)) != nullptr);
  GUEST_CHECK(std::strcmp(path, kDirectory) == 0);
  return 0;
}

int ChangeOften() {
  const int lowest = dup(0);
  close(lowest);
  for (int i = 0; i < 1000; ++i) {
    if (const int line = ChangeDirectory(); line != 0) return line;
  }
  GUEST_CHECK(dup(0) == lowest);
  return 0;
}

int ChangeInThreads() {
  std::vector<std::thread> threads;
  std::atomic<int> line = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&line] {
      if (unshare(CLONE_FS) != 0) line = 1;  // a directory a thread
      for (int round = 0; round < 100; ++round) {
        if (const int failed = ChangeDirectory(); failed != 0) line = failed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return line;
}

int ChangeInASignalStorm() {
  static std::atomic<int> alarms;  // for the handler
  struct sigaction action = {};
  action.sa_handler = [](int) { ++alarms; };
  action.sa_flags = SA_RESTART;
  sigaction(SIGALRM, &action, nullptr);
  const itimerval often = {.it_interval = {0, 200}, .it_value = {0, 200}};
  setitimer(ITIMER_REAL, &often, nullptr);
  for (int i = 0; i < 300; ++i) {
    if (const int line = ChangeDirectory(); line != 0) return line;
  }
  const itimerval never = {};
  setitimer(ITIMER_REAL, &never, nullptr);
  GUEST_CHECK(alarms > 0);
  return 0;
}

int AskForResults() {
  GUEST_CHECK(Ask() == getpid());
  return 0;
}

int AskWhileTraced() {
  const pid_t child = fork();
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    raise(SIGSTOP);
    GUEST_CHECK(Ask() == -1 && errno == EPERM);
    return 0;
  }
  int status = 0;
  waitpid(child, &status, 0);
  GUEST_CHECK(WIFSTOPPED(status));
  GUEST_CHECK(ptrace(PTRACE_CONT, child, nullptr, nullptr) == 0);
  waitpid(child, &status, 0);
  GUEST_CHECK(WIFEXITED(status));
  return WEXITSTATUS(status);
}

constexpr GuestFunction kGuests[] = {{"change_often", ChangeOften},
                                     {"change_in_threads", ChangeInThreads},
                                     {"change_in_a_signal_storm", ChangeInASignalStorm},
                                     {"ask_for_results", AskForResults},
                                     {"ask_while_traced", AskWhileTraced}};

// Takes the guest to kDirectory, through a descriptor that is gone afterwards.
Verdict EnterDirectory(TrappedCall& call) {
  const UniqueFd directory(open(kDirectory, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const ErrnoOr<int> number = call.InstallFd(directory.get(), true);
  if (!number.ok()) return Verdict::Fail(number.error());
  TrappedCall::GuestCall calls[2];
  calls[0] = {SYS_fchdir, {static_cast<uint64_t>(*number)}};
  calls[1] = {SYS_close, {static_cast<uint64_t>(*number)}};
  const ErrnoOrOk done = call.RunAsGuest(calls);
  if (!done.ok()) return Verdict::Fail(done.error());
  EXPECT_EQ(calls[0].result, 0);
  EXPECT_EQ(calls[1].result, 0);
  return Verdict::Return(77);
}

// With the calls of the errand trapped, too: they must not come to the handler.
HandlerMap EnteringHandlers() {
  const auto unexpected = [](TrappedCall& call) {
    ADD_FAILURE() << "handler called for " << call.number();
    return Verdict::Continue();
  };
  return {{kAsk, EnterDirectory}, {SYS_fchdir, unexpected}};
}

TrappedCall::GuestCall GetPid() { return {.number = SYS_getpid}; }

TEST(NotifyErrand, ChangesTheDirectory) {
  EXPECT_EQ(TestTree("change_often", EnteringHandlers()).ExitCode(), 0);
}

TEST(NotifyErrand, OfManyThreads) {
  EXPECT_EQ(TestTree("change_in_threads", EnteringHandlers()).ExitCode(), 0);
}

TEST(NotifyErrand, WithstandsSignals) {
  EXPECT_EQ(TestTree("change_in_a_signal_storm", EnteringHandlers()).ExitCode(), 0);
}

TEST(NotifyErrand, GivesResultsAndErrnos) {
  TestTree tree("ask_for_results", {{kAsk, [](TrappedCall& call) {
                                       std::vector<TrappedCall::GuestCall> calls(
                                           20, GetPid());  // more than fit at once
                                       calls.push_back({.number = SYS_close, .args = {~0ull}});
                                       EXPECT_TRUE(call.RunAsGuest(calls).ok());
                                       EXPECT_EQ(calls.back().result, -EBADF);
                                       EXPECT_TRUE(call.StillThere());
                                       EXPECT_FALSE(call.Interrupted());
                                       TrappedCall::GuestCall again[] = {GetPid()};
                                       EXPECT_TRUE(call.RunAsGuest(again).ok());
                                       EXPECT_EQ(again[0].result, calls[19].result);
                                       return Verdict::Return(again[0].result);
                                     }}});
  EXPECT_EQ(tree.ExitCode(), 0);
}

TEST(NotifyErrand, FailsWhereATracerHoldsTheThread) {
  TestTree tree("ask_while_traced", {{kAsk, [](TrappedCall& call) {
                                        TrappedCall::GuestCall calls[] = {GetPid()};
                                        const ErrnoOrOk done = call.RunAsGuest(calls);
                                        EXPECT_EQ(done.error(), Errno(EPERM));
                                        EXPECT_TRUE(call.StillThere());
                                        return Verdict::Fail(done.error());
                                      }}});
  EXPECT_EQ(tree.ExitCode(), 0);
}

}  // namespace
}  // namespace umsdk

int main(int argc, char** argv) { return umsdk::TestMain(argc, argv, umsdk::kGuests); }
