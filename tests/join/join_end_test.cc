// How a joined command ends with the view, its supervisor, and those who would keep it.
#include <fstream>

#include "tests/join/join_test_base.h"

namespace umsdk {
namespace {

using JoinEndTest = JoinTest;
INSTANTIATE_JOIN_MODES(JoinEndTest);

// By a signal: SIGKILL, or the SIGTERM that some ends begin with.
bool Killed(int code) { return code == 128 + SIGKILL || code == 128 + SIGTERM; }

// A command with a daemon. The line is told when both are there; both hold the output open.
std::string Stay(const std::string& mnt) {
  return "echo >" + mnt + "/file; setsid sh -c 'cat " + mnt +
         "/file; echo ready; exec sleep 1000' & exec sleep 1000";
}

void AwaitReady(Joiner& joiner) {
  EXPECT_EQ(joiner.ReadLine(), "");
  EXPECT_EQ(joiner.ReadLine(), "ready");
}

TEST_P(JoinEndTest, TheGuestObjectsEndKillsTheTree) {
  Joiner joiner(Stay(mnt()));
  Supervisor view = MakeView();
  auto guest = view.Admit(std::move(joiner.connection));
  ASSERT_TRUE(guest.ok()) << guest.status();
  AwaitReady(joiner);
  { Guest ended = *std::move(guest); }
  EXPECT_EQ(joiner.ReadAll(), "");
  EXPECT_TRUE(Killed(joiner.ExitCode()));
}

TEST_P(JoinEndTest, TerminationIsInOrder) {
  Joiner joiner("trap 'echo bye; exit 3' TERM; echo ready; sleep 1000 & wait");
  Supervisor view = MakeView();
  auto guest = view.Admit(std::move(joiner.connection));
  ASSERT_TRUE(guest.ok()) << guest.status();
  EXPECT_EQ(joiner.ReadLine(), "ready");
  guest->Terminate();
  EXPECT_EQ(guest->Wait()->code, 3);
  EXPECT_EQ(joiner.ReadAll(), "bye\n");
  EXPECT_EQ(joiner.ExitCode(), 3);
}

TEST_P(JoinEndTest, TheSupervisorsDeathKillsTheTree) {
  Joiner joiner(Stay(mnt()));
  const pid_t supervisor = ::fork();
  if (supervisor == 0) {
    Supervisor view = MakeView();
    auto guest = view.Admit(std::move(joiner.connection));
    if (!guest.ok()) ::_exit(1);
    (void)guest->Wait();
    ::_exit(2);
  }
  joiner.connection.Reset();
  AwaitReady(joiner);
  EXPECT_EQ(::kill(supervisor, SIGKILL), 0);
  int status = 0;
  EXPECT_EQ(::waitpid(supervisor, &status, 0), supervisor);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  EXPECT_EQ(joiner.ReadAll(), "");
  EXPECT_TRUE(Killed(joiner.ExitCode()));
}

// It waits for its exec, and its supervisor goes.
TEST_P(JoinEndTest, TheSupervisorsDeathBeforeTheExecLetsNothingRun) {
  Joiner joiner("echo outside >" + dir_ + "/marker");
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
  const pid_t supervisor = ::fork();
  if (supervisor == 0) {
    // What it offers comes through this process, which keeps the answer from it.
    UniqueFd view_end(ends[0]);
    ::close(ends[1]);
    Supervisor view = MakeView();
    (void)view.Admit(std::move(view_end));
    ::_exit(1);
  }
  ::close(ends[0]);
  const UniqueFd relay(ends[1]);
  char data[1 << 16];
  alignas(cmsghdr) char control[256];
  iovec part = {data, sizeof(data)};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  const ssize_t size = ::recvmsg(relay.get(), &message, MSG_CMSG_CLOEXEC);
  ASSERT_GT(size, 0);
  part.iov_len = static_cast<size_t>(size);
  ASSERT_EQ(::sendmsg(joiner.connection.get(), &message, 0), size);
  ASSERT_GT(::recv(joiner.connection.get(), data, sizeof(data), MSG_PEEK), 0);  // it is ready
  EXPECT_EQ(::kill(supervisor, SIGKILL), 0);
  EXPECT_EQ(::waitpid(supervisor, nullptr, 0), supervisor);
  const int code = joiner.ExitCode();
  EXPECT_TRUE(Killed(code) || code == Joiner::kLost) << code;
  EXPECT_FALSE(std::filesystem::exists(dir_ + "/marker"));
}

TEST_P(JoinEndTest, WhoStopsTheWardenDoesNotHoldUpTheSupervisor) {
  Joiner joiner(Stay(mnt()));
  Supervisor view = MakeView();
  auto guest = view.Admit(std::move(joiner.connection));
  ASSERT_TRUE(guest.ok()) << guest.status();
  AwaitReady(joiner);
  std::ifstream stat("/proc/" + std::to_string(guest->pid()) + "/stat");
  std::string word;
  pid_t warden = 0;  // "PID (NAME) STATE PPID"
  stat >> word >> word >> word >> warden;
  ASSERT_GT(warden, 1);
  ASSERT_EQ(::kill(warden, SIGSTOP), 0);
  { Guest ended = *std::move(guest); }
  EXPECT_EQ(joiner.ReadAll(), "");
  EXPECT_TRUE(Killed(joiner.ExitCode()));
}

}  // namespace
}  // namespace umsdk
