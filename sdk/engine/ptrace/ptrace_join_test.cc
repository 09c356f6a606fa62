// PtraceEngine::Admit: who only pretends to join holds nobody up. (What joins as it should: tests/join.)
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cstring>

#include "sdk/base/unique_fd.h"
#include "sdk/engine/launch/warden_messages.h"
#include "sdk/engine/ptrace/engine_test_util.h"

namespace umsdk {
namespace {

INSTANTIATE_TEST_SUITE_P(Modes, PtraceEngineTest, testing::Values(PtraceEngine::Options{false, true}));

int OpenPidfd(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

// Tells that `command` is ready, and that this process is its warden.
void TellReady(int socket, pid_t command) {
  WardenReport report = {WardenReport::Kind::kReady, command};
  iovec part = {&report, sizeof(report)};
  const int fds[2] = {OpenPidfd(command), OpenPidfd(::getpid())};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(fds))] = {};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(fds));
  std::memcpy(CMSG_DATA(header), fds, sizeof(fds));
  ::sendmsg(socket, &message, 0);
}

// Never ends, and has a child that never execs. `own_child`: it tells of that one, else of itself.
[[noreturn]] void Pretend(int socket, bool own_child) {
  const pid_t child = ::fork();
  if (child == 0) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (child != 0) TellReady(socket, own_child ? child : ::getpid());
  while (true) ::pause();
}

struct Pretender {
  explicit Pretender(bool own_child) {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    view.Reset(ends[0]);
    const UniqueFd other(ends[1]);
    pid = ::fork();
    if (pid == 0) Pretend(other.get(), own_child);
  }
  UniqueFd view;
  pid_t pid = -1;
};

TEST_P(PtraceEngineTest, AWardenThatDoesNotEndIsKilled) {
  Pretender pretender(/*own_child=*/true);
  FunctionHandler handler([](TrappedCall&) { return Verdict::Continue(); });
  {
    auto tree = PtraceEngine(GetParam()).Admit(std::move(pretender.view), Traps(), handler);
    ASSERT_TRUE(tree.ok()) << tree.status();
  }
  int status = 0;
  EXPECT_EQ(::waitpid(pretender.pid, &status, 0), pretender.pid);
  EXPECT_EQ(status, SIGKILL);
}

TEST_P(PtraceEngineTest, ACommandThatIsNotTheWardensChildIsTurnedAway) {
  Pretender pretender(/*own_child=*/false);
  FunctionHandler handler([](TrappedCall&) { return Verdict::Continue(); });
  auto tree = PtraceEngine(GetParam()).Admit(std::move(pretender.view), Traps(), handler);
  EXPECT_TRUE(absl::IsInvalidArgument(tree.status())) << tree.status();
  ::kill(pretender.pid, SIGKILL);
  EXPECT_EQ(::waitpid(pretender.pid, nullptr, 0), pretender.pid);
}

}  // namespace
}  // namespace umsdk
