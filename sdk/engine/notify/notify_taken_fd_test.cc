// TrappedCall::TakeFd, also where the guest itself must send the descriptor: whatever the handler does
// next must go as if nothing had been.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>

#include <atomic>
#include <cerrno>
#include <thread>
#include <vector>

#include "sdk/engine/notify/tree_test_support.h"

namespace umsdk {
namespace {

// A file at offset 3, which the handler moves on by one; 0 or a line.
int AskWithFile() {
  const int file = memfd_create("guest", MFD_CLOEXEC);
  GUEST_CHECK(write(file, "abc", 3) == 3);
  GUEST_CHECK(Ask(file) == 3);
  GUEST_CHECK(lseek(file, 0, SEEK_CUR) == 4);
  GUEST_CHECK(close(file) == 0);
  return 0;
}

int TakeOften() {
  const int lowest = dup(0);
  close(lowest);
  for (int i = 0; i < 200; ++i) {
    if (const int line = AskWithFile(); line != 0) return line;
  }
  GUEST_CHECK(dup(0) == lowest);  // nothing is left behind
  GUEST_CHECK(Ask(77) == -1 && errno == EBADF);
  GUEST_CHECK(Ask(-1) == -1 && errno == EBADF);
  return 0;
}

int TakeInThreads() {
  std::vector<std::thread> threads;
  std::atomic<int> line = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&line, i] {
      if (i % 2 == 0 && unshare(CLONE_FILES) != 0) line = 1;  // a table of its own
      for (int round = 0; round < 50; ++round) {
        if (const int failed = AskWithFile(); failed != 0) line = failed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return line;
}

// The handler makes trapped calls, too: the thread comes back later than another of its calls.
int TakeInASignalStorm() {
  static std::atomic<int> alarms;  // for the handler
  struct sigaction action = {};
  action.sa_handler = [](int) { ++alarms, AskMore(); };
  action.sa_flags = SA_RESTART;
  sigaction(SIGALRM, &action, nullptr);
  const itimerval often = {.it_interval = {0, 500}, .it_value = {0, 500}};
  setitimer(ITIMER_REAL, &often, nullptr);
  for (int i = 0; i < 200; ++i) {
    if (const int line = AskWithFile(); line != 0) return line;
  }
  const itimerval never = {};
  setitimer(ITIMER_REAL, &never, nullptr);
  GUEST_CHECK(alarms > 0);
  return 0;
}

int SeekAndTake() {
  const int file = memfd_create("guest", MFD_CLOEXEC);
  GUEST_CHECK(write(file, "abc", 3) == 3);
  GUEST_CHECK(lseek(file, 1, SEEK_SET) == 1);  // trapped: looked at and continued
  GUEST_CHECK(lseek(file, 0, SEEK_CUR) == 1);
  const int taken = static_cast<int>(Ask(file));  // installed again
  GUEST_CHECK(taken > file && lseek(taken, 0, SEEK_CUR) == 1);
  return 0;
}

int TakeAtTheLimit() {
  const int file = memfd_create("guest", MFD_CLOEXEC);
  const rlimit limit = {static_cast<rlim_t>(file + 1), 4096};
  GUEST_CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  GUEST_CHECK(dup(0) == -1 && errno == EMFILE);
  GUEST_CHECK(write(file, "abc", 3) == 3);
  GUEST_CHECK(Ask(file) == 3);
  rlimit now = {};
  GUEST_CHECK(getrlimit(RLIMIT_NOFILE, &now) == 0);
  GUEST_CHECK(now.rlim_cur == limit.rlim_cur && now.rlim_max == limit.rlim_max);
  return 0;
}

int DieMeanwhile() {
  for (int i = 0; i < 20; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      std::thread killer([] { kill(getpid(), SIGKILL); });
      for (;;) AskWithFile();
    }
    int status = 0;
    GUEST_CHECK(waitpid(child, &status, 0) == child);
    GUEST_CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  }
  return AskWithFile();
}

int InterruptedAfterTaking() {
  struct sigaction action = {};
  action.sa_handler = [](int) {};  // without SA_RESTART
  sigaction(SIGUSR1, &action, nullptr);
  GUEST_CHECK(Ask(0) == -1 && errno == EINTR);
  return 0;
}

constexpr GuestFunction kGuests[] = {{"take_often", TakeOften},
                                     {"take_in_threads", TakeInThreads},
                                     {"take_in_a_signal_storm", TakeInASignalStorm},
                                     {"seek_and_take", SeekAndTake},
                                     {"take_at_the_limit", TakeAtTheLimit},
                                     {"die_meanwhile", DieMeanwhile},
                                     {"interrupted_after_taking", InterruptedAfterTaking}};

Verdict MoveOn(TrappedCall& call) {
  const ErrnoOr<UniqueFd> taken = call.TakeFd(static_cast<int>(call.arg(0)));
  if (!taken.ok()) return Verdict::Fail(taken.error());
  const off_t offset = lseek(taken->get(), 0, SEEK_CUR);
  lseek(taken->get(), offset + 1, SEEK_SET);
  return Verdict::Return(offset);
}

Verdict Zero(TrappedCall&) { return Verdict::Return(0); }

TEST(NotifyTakenFd, SharesTheOffset) {
  EXPECT_EQ(TestTree("take_often", {{kAsk, MoveOn}}).ExitCode(), 0);
}

TEST(NotifyTakenFd, IsTheThreadsOwn) {
  EXPECT_EQ(TestTree("take_in_threads", {{kAsk, MoveOn}}).ExitCode(), 0);
}

TEST(NotifyTakenFd, SignalsComeInBetween) {
  EXPECT_EQ(TestTree("take_in_a_signal_storm", {{kAsk, MoveOn}, {kAskMore, Zero}}).ExitCode(), 0);
}

TEST(NotifyTakenFd, TheCallGoesOnAfterwards) {
  std::atomic<int> seeks = 0;
  TestTree tree("seek_and_take", {{SYS_lseek,
                                   [&seeks](TrappedCall& call) {
                                     ++seeks;
                                     EXPECT_TRUE(call.TakeFd(static_cast<int>(call.arg(0))).ok());
                                     EXPECT_TRUE(call.StillThere());
                                     return Verdict::Continue();
                                   }},
                                  {kAsk, [](TrappedCall& call) {
                                     const auto fd = call.TakeFd(static_cast<int>(call.arg(0)));
                                     if (!fd.ok()) return Verdict::Fail(fd.error());
                                     const auto number = call.InstallFd(fd->get(), true);
                                     return Verdict::Return(number.ok() ? *number : -1);
                                   }}});
  EXPECT_EQ(tree.ExitCode(), 0);
  EXPECT_EQ(seeks, 3);
}

TEST(NotifyTakenFd, WorksWhenTheTableIsFull) {
  EXPECT_EQ(TestTree("take_at_the_limit", {{kAsk, MoveOn}}).ExitCode(), 0);
}

TEST(NotifyTakenFd, TheGuestMayDie) {
  EXPECT_EQ(TestTree("die_meanwhile", {{kAsk, MoveOn}}).ExitCode(), 0);
}

TEST(NotifyTakenFd, WaitsCanBeInterrupted) {
  TestTree tree("interrupted_after_taking", {{kAsk, [](TrappedCall& call) {
                                                EXPECT_TRUE(call.TakeFd(0).ok());
                                                call.WillBlock();
                                                EXPECT_FALSE(call.Interrupted());
                                                EXPECT_EQ(kill(call.tid(), SIGUSR1), 0);
                                                while (!call.Interrupted()) sched_yield();
                                                return Verdict::Restart();
                                              }}});
  EXPECT_EQ(tree.ExitCode(), 0);
}

}  // namespace
}  // namespace umsdk

int main(int argc, char** argv) { return umsdk::TestMain(argc, argv, umsdk::kGuests); }
