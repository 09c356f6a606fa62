// Engine::Admit and JoinedCommand: commands of other processes as guests of one handler.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <atomic>
#include <cerrno>

#include "sdk/engine/launch/join.h"
#include "sdk/engine/notify/notify_engine.h"
#include "sdk/engine/notify/tree_test_support.h"

namespace umsdk {
namespace {

int AskWithFile() {
  const int file = memfd_create("guest", MFD_CLOEXEC);
  GUEST_CHECK(write(file, "abc", 3) == 3);
  GUEST_CHECK(Ask(file) == 3);
  GUEST_CHECK(AskMore() == 0);  // an errand
  char path[64] = {};
  GUEST_CHECK(getcwd(path, sizeof(path)) != nullptr && std::string(path) == "/proc");
  return 5;
}

// Tells that it is there, and waits to be killed.
int Stay() {
  for (int i = 0; i < 2; ++i) {
    if (fork() == 0) setsid();
  }
  Ask();
  for (;;) pause();
}

constexpr GuestFunction kGuests[] = {{"ask_with_file", AskWithFile}, {"stay", Stay}};

class Handler : public CallHandler {
 public:
  Verdict Handle(TrappedCall& call) override {
    ++calls;
    if (call.number() == kAskMore) {
      const UniqueFd directory(open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      const ErrnoOr<int> number = call.InstallFd(directory.get(), true);
      if (!number.ok()) return Verdict::Fail(number.error());
      TrappedCall::GuestCall enter = {SYS_fchdir, {static_cast<uint64_t>(*number)}};
      const ErrnoOrOk done = call.RunAsGuest({&enter, 1});
      return done.ok() ? Verdict::Return(enter.result) : Verdict::Fail(done.error());
    }
    const ErrnoOr<UniqueFd> fd = call.TakeFd(static_cast<int>(call.arg(0)));
    return fd.ok() ? Verdict::Return(lseek(fd->get(), 0, SEEK_CUR)) : Verdict::Fail(fd.error());
  }
  std::atomic<int> calls = 0;
};

TrapSet Traps() {
  TrapSet traps;
  traps.traps = {{.number = static_cast<int>(kAsk)}, {.number = static_cast<int>(kAskMore)}};
  return traps;
}

struct Connection {
  Connection() {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    view.Reset(ends[0]);
    joiner.Reset(ends[1]);
  }
  UniqueFd view, joiner;
};

// In another process: runs the guest in the view; its exit code, or 100 and more.
int Join(UniqueFd connection, const char* guest) {
  auto joined = JoinedCommand::Start(std::move(connection), GuestSpec(guest));
  if (!joined.ok()) return 100;
  const GuestEvent event = (*joined)->Wait();
  if (event.kind != GuestEvent::Kind::kExited) return 101;
  return WIFEXITED(event.wait_status) ? WEXITSTATUS(event.wait_status) : 102;
}

pid_t ForkJoiner(Connection& connection, const char* guest) {
  const pid_t joiner = fork();
  if (joiner != 0) {
    connection.joiner.Reset();
    return joiner;
  }
  connection.view.Reset();
  _exit(Join(std::move(connection.joiner), guest));
}

int ExitCodeOf(pid_t child) {
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(NotifyJoin, SeveralListenersServeOneHandler) {
  Handler handler;
  NotifyEngine engine;
  auto first = engine.Launch(GuestSpec("ask_with_file"), Traps(), handler);
  ASSERT_TRUE(first.ok()) << first.status();
  for (int i = 0; i < 3; ++i) {
    Connection connection;
    const pid_t joiner = ForkJoiner(connection, "ask_with_file");
    auto tree = engine.Admit(std::move(connection.view), Traps(), handler);
    ASSERT_TRUE(tree.ok()) << tree.status();
    const GuestEvent event = (*tree)->WaitEvent();
    EXPECT_EQ(event.kind, GuestEvent::Kind::kExited);
    EXPECT_EQ(WEXITSTATUS(event.wait_status), 5);
    (*tree)->Terminate(std::chrono::milliseconds(0), false);
    EXPECT_EQ(ExitCodeOf(joiner), 5);
  }
  EXPECT_EQ(WEXITSTATUS((*first)->WaitEvent().wait_status), 5);
  EXPECT_EQ(handler.calls, 8);
}

TEST(NotifyJoin, TheTreesEndKillsWhatHasJoined) {
  Handler handler;
  Connection connection;
  const pid_t joiner = ForkJoiner(connection, "stay");
  auto tree = NotifyEngine().Admit(std::move(connection.view), Traps(), handler);
  ASSERT_TRUE(tree.ok()) << tree.status();
  while (handler.calls < 4) sched_yield();
  tree->reset();
  EXPECT_EQ(ExitCodeOf(joiner), 102);
}

// The supervisor is a child here, and dies by SIGKILL. All guests hold the pipe open.
TEST(NotifyJoin, TheSupervisorsDeathKillsWhatHasJoined) {
  TestPipe life, served;
  Connection connection;
  const pid_t supervisor = fork();
  if (supervisor == 0) {
    Handler handler;
    connection.joiner.Reset();
    life.writer.Reset();
    auto tree = NotifyEngine().Admit(std::move(connection.view), Traps(), handler);
    while (tree.ok() && handler.calls < 4) sched_yield();
    if (tree.ok()) [[maybe_unused]]
      const ssize_t size = write(served.writer.get(), "s", 1);
    for (;;) pause();
  }
  connection.view.Reset();
  fcntl(life.writer.get(), F_SETFD, 0);  // inherited by the guests
  const pid_t joiner = ForkJoiner(connection, "stay");
  EXPECT_EQ(served.ReadByte(), "s");
  kill(supervisor, SIGKILL);
  EXPECT_EQ(ExitCodeOf(supervisor), -1);
  EXPECT_EQ(life.ReadAll(), "");  // the last guest is gone
  EXPECT_EQ(ExitCodeOf(joiner), 102);
}

TEST(NotifyJoin, WhoKeepsNoRulesIsTurnedAway) {
  Handler handler;
  NotifyEngine engine;
  Connection gone;
  gone.joiner.Reset();
  EXPECT_FALSE(engine.Admit(std::move(gone.view), Traps(), handler).ok());
  Connection liar;
  const char nonsense[8] = {};  // looks like a report that the command is ready
  ASSERT_EQ(write(liar.joiner.get(), nonsense, sizeof(nonsense)), 8);
  EXPECT_FALSE(engine.Admit(std::move(liar.view), Traps(), handler).ok());
  Connection stranger;
  ASSERT_EQ(write(stranger.view.get(), nonsense, sizeof(nonsense)), 8);
  EXPECT_FALSE(JoinedCommand::Start(std::move(stranger.joiner), GuestSpec("stay")).ok());
}

TEST(NotifyJoin, ACommandThatCannotBeExecutedIsReported) {
  Handler handler;
  Connection connection;
  const pid_t joiner = fork();
  if (joiner == 0) {
    connection.view.Reset();
    LaunchSpec spec = GuestSpec("stay");
    spec.candidates = {"/nonexistent"};
    auto joined = JoinedCommand::Start(std::move(connection.joiner), spec);
    _exit(joined.ok() && (*joined)->Wait().exec_errno == ENOENT ? 0 : 1);
  }
  connection.joiner.Reset();
  auto tree = NotifyEngine().Admit(std::move(connection.view), Traps(), handler);
  ASSERT_TRUE(tree.ok()) << tree.status();
  EXPECT_EQ((*tree)->WaitEvent().exec_errno, ENOENT);
  tree->reset();
  EXPECT_EQ(ExitCodeOf(joiner), 0);
}

}  // namespace
}  // namespace umsdk

int main(int argc, char** argv) { return umsdk::TestMain(argc, argv, umsdk::kGuests); }
