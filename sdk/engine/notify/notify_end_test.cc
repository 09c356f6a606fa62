// Nothing of a tree outlives it: neither when it is told to end, nor when one side is killed.
//
// Every process of a tree holds the writing end of a pipe: its end of file means that all are gone.
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <fstream>
#include <future>
#include <string>

#include "sdk/engine/notify/tree_test_support.h"

namespace umsdk {
namespace {

using std::chrono::milliseconds;

void Say(char byte) { [[maybe_unused]] const ssize_t size = write(1, &byte, 1); }

// In a session of its own, an orphan, deaf to SIGTERM.
void BecomeDaemon() {
  if (fork() != 0) _exit(0);
  setsid();
  if (fork() != 0) _exit(0);
  signal(SIGTERM, SIG_IGN);
}

int StartDaemons() {
  for (int i = 0; i < 3; ++i) {
    if (fork() != 0) continue;
    BecomeDaemon();
    Ask();
    Say('d');
    for (;;) pause();
  }
  while (wait(nullptr) > 0) {
  }
  return 0;
}

int StartDaemonsAndStay() {
  StartDaemons();
  for (;;) pause();
}

// A process that never makes a trapped call has a child that never does.
int StartSilentChildren() {
  if (fork() == 0) {
    fork();
    Say('d');
    for (;;) pause();
  }
  for (;;) pause();
}

int EndGracefully() {
  struct sigaction action = {};
  action.sa_handler = [](int) {
    Say('t');
    _exit(3);
  };
  sigaction(SIGTERM, &action, nullptr);
  Say('r');
  for (;;) pause();
}

int DaemonEndsByItself() {
  if (fork() == 0) {
    BecomeDaemon();
    Ask();  // returns when the command has ended
    Say('e');
  }
  return 0;
}

int AskOnce() {
  Ask();
  return 0;
}

constexpr GuestFunction kGuests[] = {{"start_daemons", StartDaemons},
                                     {"start_daemons_and_stay", StartDaemonsAndStay},
                                     {"start_silent_children", StartSilentChildren},
                                     {"end_gracefully", EndGracefully},
                                     {"daemon_ends_by_itself", DaemonEndsByItself},
                                     {"ask_once", AskOnce}};

HandlerMap Answering() {
  return {{kAsk, [](TrappedCall&) { return Verdict::Return(0); }},
          {SYS_execve, [](TrappedCall&) { return Verdict::Continue(); }}};
}

void ExpectDaemons(TestPipe& pipe, int count) {
  for (int i = 0; i < count; ++i) EXPECT_EQ(pipe.ReadByte(), "d");
}

TEST(NotifyEnd, TerminateKillsDaemons) {
  TestPipe pipe;
  TestTree tree("start_daemons", Answering(), pipe.writer.get());
  EXPECT_EQ(tree.ExitCode(), 0);
  ExpectDaemons(pipe, 3);
  tree->Terminate(milliseconds(0), false);
  EXPECT_EQ(pipe.ReadAll(), "");
}

TEST(NotifyEnd, DestructionKillsAll) {
  TestPipe pipe;
  {
    TestTree tree("start_daemons_and_stay", Answering(), pipe.writer.get());
    ExpectDaemons(pipe, 3);
  }
  EXPECT_EQ(pipe.ReadAll(), "");
}

TEST(NotifyEnd, TerminateLeavesTimeToEnd) {
  TestPipe pipe;
  TestTree tree("end_gracefully", {}, pipe.writer.get());
  EXPECT_EQ(pipe.ReadByte(), "r");
  tree->Terminate(std::chrono::hours(1), false);
  EXPECT_EQ(pipe.ReadAll(), "t");
  EXPECT_EQ(tree.ExitCode(), 3);
}

TEST(NotifyEnd, LingerWaitsForDaemons) {
  TestPipe pipe, ended;
  TestTree tree("daemon_ends_by_itself",
                {{kAsk,
                  [&](TrappedCall& call) {
                    call.WillBlock();
                    ended.ReadByte();
                    return Verdict::Return(0);
                  }}},
                pipe.writer.get());
  EXPECT_EQ(tree.ExitCode(), 0);
  ended.writer.Reset();
  tree->Terminate(milliseconds(0), true);
  EXPECT_EQ(pipe.ReadAll(), "e");
}

TEST(NotifyEnd, HandlerThatWaitsNoticesTheEnd) {
  std::promise<void> entered, left;
  TestTree tree("ask_once", {{kAsk, [&](TrappedCall& call) {
                                entered.set_value();
                                call.WillBlock();
                                while (call.StillThere()) sched_yield();
                                left.set_value();
                                return Verdict::Return(0);
                              }}});
  entered.get_future().wait();
  tree->Terminate(milliseconds(0), false);
  left.get_future().wait();
  EXPECT_TRUE(WIFSIGNALED(tree.Status()));
}

// Runs `guest` under a supervisor of its own, which is killed after `daemons` bytes.
void KillSupervisor(const char* guest, int daemons) {
  TestPipe pipe;
  const pid_t supervisor = fork();
  ASSERT_GE(supervisor, 0);
  if (supervisor == 0) {
    pipe.reader.Reset();
    TestTree tree(guest, Answering(), pipe.writer.get());
    pipe.writer.Reset();
    for (;;) pause();
  }
  ExpectDaemons(pipe, daemons);
  ASSERT_EQ(kill(supervisor, SIGKILL), 0);
  int status = 0;
  ASSERT_EQ(waitpid(supervisor, &status, 0), supervisor);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  EXPECT_EQ(pipe.ReadAll(), "");
}

TEST(NotifyEnd, NoGuestOutlivesASupervisorThatIsKilled) {
  KillSupervisor("start_daemons", 3);
  KillSupervisor("start_daemons_and_stay", 3);
  KillSupervisor("start_silent_children", 2);
}

pid_t ParentOf(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string word; status >> word;) {
    pid_t parent = 0;
    if (word == "PPid:" && status >> parent) return parent;
  }
  return -1;
}

void KillWarden(const char* guest, int daemons) {
  TestPipe pipe;
  TestTree tree(guest, Answering(), pipe.writer.get());
  ExpectDaemons(pipe, daemons);
  const pid_t warden = ParentOf(tree->pid());
  ASSERT_NE(warden, getpid());
  ASSERT_EQ(kill(warden, SIGKILL), 0);
  EXPECT_EQ(tree->WaitEvent().kind, GuestEvent::Kind::kLost);
  EXPECT_EQ(pipe.ReadAll(), "");
}

TEST(NotifyEnd, NoGuestOutlivesAWardenThatIsKilled) {
  KillWarden("start_daemons_and_stay", 3);
  KillWarden("start_silent_children", 2);
}

}  // namespace
}  // namespace umsdk

int main(int argc, char** argv) { return umsdk::TestMain(argc, argv, umsdk::kGuests); }
