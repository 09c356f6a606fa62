// The command of a tree: its start, its end, and what the host notices of it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <future>
#include <iterator>

#include "sdk/engine/notify/tree_test_support.h"

namespace umsdk {
namespace {

using Kind = GuestEvent::Kind;

int ReturnSeven() { return 7; }

int KillItself() {
  signal(SIGTERM, SIG_DFL);
  raise(SIGTERM);
  return 0;
}

int StopItself() {
  raise(SIGSTOP);
  Ask();  // so that it does not end before the continuation was seen
  return 9;
}

int AskOnce() {
  GUEST_CHECK(Ask() == 5);
  return 0;
}

int AskForError() {
  GUEST_CHECK(Ask() == -1 && errno == ENOTBLK);
  return 0;
}

constexpr GuestFunction kGuests[] = {{"return_seven", ReturnSeven},
                                     {"kill_itself", KillItself},
                                     {"stop_itself", StopItself},
                                     {"ask_once", AskOnce},
                                     {"ask_for_error", AskForError}};

TEST(NotifyCommand, ReportsTheExitCode) {
  TestTree tree("return_seven", {});
  const GuestEvent event = tree->WaitEvent();
  EXPECT_EQ(event.kind, Kind::kExited);
  ASSERT_TRUE(WIFEXITED(event.wait_status));
  EXPECT_EQ(WEXITSTATUS(event.wait_status), 7);
  EXPECT_EQ(event.exec_errno, 0);
  EXPECT_EQ(tree->WaitEvent().kind, Kind::kExited);  // the last one stays
}

TEST(NotifyCommand, ReportsTheSignalThatKilledIt) {
  TestTree tree("kill_itself", {});
  const int status = tree.Status();
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
}

TEST(NotifyCommand, TellsWhyItCouldNotBeExecuted) {
  LaunchSpec spec = GuestSpec("return_seven");
  spec.candidates = {"/nonexistent/a", "/nonexistent/b"};
  const GuestEvent missing = TestTree(spec)->WaitEvent();
  EXPECT_EQ(missing.kind, Kind::kExited);
  EXPECT_EQ(missing.exec_errno, ENOENT);
  EXPECT_EQ(WEXITSTATUS(missing.wait_status), 127);
  spec.candidates = {"/nonexistent/a", "/"};
  const GuestEvent directory = TestTree(spec)->WaitEvent();
  EXPECT_EQ(directory.exec_errno, EACCES);
  EXPECT_EQ(WEXITSTATUS(directory.wait_status), 126);
}

TEST(NotifyCommand, TriesTheCandidatesInOrder) {
  LaunchSpec spec = GuestSpec("return_seven");
  spec.candidates = {"/nonexistent/a", "/proc/self/exe"};
  EXPECT_EQ(TestTree(spec).ExitCode(), 7);
}

TEST(NotifyCommand, ItsOwnExecveIsCaught) {
  std::atomic<pid_t> who = 0;
  TestTree tree("return_seven", {{SYS_execve, [&](TrappedCall& call) {
                                    who = call.tid();
                                    return Verdict::Continue();
                                  }}});
  EXPECT_EQ(tree.ExitCode(), 7);
  EXPECT_EQ(who, tree->pid());
}

TEST(NotifyCommand, SeesTheVerdict) {
  EXPECT_EQ(
      TestTree("ask_once", {{kAsk, [](TrappedCall&) { return Verdict::Return(5); }}}).ExitCode(),
      0);
  EXPECT_EQ(TestTree("ask_for_error",
                     {{kAsk, [](TrappedCall&) { return Verdict::Fail(Errno(ENOTBLK)); }}})
                .ExitCode(),
            0);
}

TEST(NotifyCommand, ReportsStopAndContinuation) {
  std::promise<void> seen;
  std::future<void> was_seen = seen.get_future();
  TestTree tree("stop_itself", {{kAsk, [&](TrappedCall& call) {
                                   call.WillBlock();
                                   was_seen.wait();
                                   return Verdict::Return(0);
                                 }}});
  const GuestEvent stopped = tree->WaitEvent();
  EXPECT_EQ(stopped.kind, Kind::kStopped);
  EXPECT_EQ(WSTOPSIG(stopped.wait_status), SIGSTOP);
  pollfd event = {tree->event_fd(), POLLIN, 0};
  EXPECT_EQ(poll(&event, 1, 0), 0);
  EXPECT_TRUE(tree->Signal(SIGCONT).ok());
  EXPECT_EQ(poll(&event, 1, -1), 1);
  EXPECT_EQ(tree->WaitEvent().kind, Kind::kContinued);
  seen.set_value();
  EXPECT_EQ(tree.ExitCode(), 9);
}

TEST(NotifyCommand, HostIsLeftAlone) {
  static std::atomic<int> signals;  // for the handler
  signals = 0;
  struct sigaction action = {}, before = {};
  action.sa_handler = [](int) { ++signals; };
  ASSERT_EQ(sigaction(SIGCHLD, &action, &before), 0);
  sigset_t mask_before, mask_after;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask_before);
  {
    TestTree tree("stop_itself", {{kAsk, [](TrappedCall&) { return Verdict::Return(0); }}});
    EXPECT_EQ(tree->WaitEvent().kind, Kind::kStopped);
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG | WUNTRACED), -1);
    EXPECT_EQ(errno, ECHILD);
    EXPECT_TRUE(tree->Signal(SIGCONT).ok());
    EXPECT_EQ(tree.ExitCode(), 9);
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
  }
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG | __WALL), -1);
  pthread_sigmask(SIG_SETMASK, nullptr, &mask_after);
  for (int signal = 1; signal < NSIG; ++signal) {
    EXPECT_EQ(sigismember(&mask_before, signal), sigismember(&mask_after, signal)) << signal;
  }
  EXPECT_EQ(signals, 0);
  struct sigaction after;
  sigaction(SIGCHLD, &before, &after);
  EXPECT_EQ(after.sa_handler, action.sa_handler);
}

long CountFds() { return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}); }

TEST(NotifyCommand, LeavesNoDescriptorOpen) {
  const auto run = [] {
    TestTree tree("ask_once", {{kAsk, [](TrappedCall& call) {
                                  EXPECT_TRUE(call.TakeFd(0).ok());
                                  return Verdict::Return(5);
                                }}});
    EXPECT_EQ(tree.ExitCode(), 0);
  };
  run();
  const long before = CountFds();
  for (int i = 0; i < 10; ++i) run();
  EXPECT_EQ(CountFds(), before);
}

TEST(NotifyCommand, GuestInheritsNoDescriptorOfTheEngine) {
  std::atomic<long> fds = -1;
  TestTree tree("ask_once", {{kAsk, [&](TrappedCall& call) {
                                const std::string proc = "/proc/" + std::to_string(call.tid());
                                fds = std::distance(
                                    std::filesystem::directory_iterator(proc + "/fd"), {});
                                return Verdict::Return(5);
                              }}});
  EXPECT_EQ(tree.ExitCode(), 0);
  long inherited = 0;  // those of this process that are not close-on-exec
  for (int fd = 0; fd < 1024; ++fd) inherited += (fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0;
  EXPECT_EQ(fds, inherited);
}

}  // namespace
}  // namespace umsdk

int main(int argc, char** argv) { return umsdk::TestMain(argc, argv, umsdk::kGuests); }
