// A terminal of its own: the keys that stop and kill, and the change of its size.
#include <sys/ioctl.h>
#include <termios.h>
#include <csignal>
#include <cstdlib>

#include "tests/guests/guest_test.h"

namespace guest {
namespace {

// A session leader on a pseudo terminal, with one job in the foreground. `job` starts by saying
// that it is ready (one byte on the terminal).
class ProcessTty : public ::testing::Test {
 protected:
  void SetUp() override {
    master_ = Fd(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_TRUE(master_.ok());
    ASSERT_THAT(grantpt(master_.get()), SyscallSucceeds());
    ASSERT_THAT(unlockpt(master_.get()), SyscallSucceeds());
    name_ = ptsname(master_.get());
  }

  // The leader gives the terminal to a job, then runs `watch` with its process id.
  template <typename Job, typename Watch>
  pid_t StartSession(Job job, Watch watch) {
    return Fork([&] {
      setsid();
      const int tty = open(name_.c_str(), O_RDWR);
      ASSERT_GE(tty, 0);
      signal(SIGTTOU, SIG_IGN);
      const pid_t pid = Fork([&] {
        setpgid(0, 0);
        tcsetpgrp(tty, getpid());
        job(tty);
      });
      watch(pid);
    });
  }

  void AwaitJob() {
    char byte = 0;
    while (byte != '!') ASSERT_THAT(read(master_.get(), &byte, 1), SyscallSucceedsWithValue(1));
  }
  void Press(char key) { ASSERT_THAT(write(master_.get(), &key, 1), SyscallSucceedsWithValue(1)); }
  int master() const { return master_.get(); }

 private:
  Fd master_;
  std::string name_;
};

void SayReadyAndWait(int tty) {
  EXPECT_EQ(write(tty, "!", 1), 1);
  for (;;) pause();
}

TEST_F(ProcessTty, ControlCKillsTheForegroundJob) {
  const pid_t leader =
      StartSession(SayReadyAndWait, [](pid_t job) { EXPECT_TRUE(KilledBy(WaitFor(job), SIGINT)); });
  AwaitJob();
  Press('\x03');
  EXPECT_EQ(WaitFor(leader), 0);
}

TEST_F(ProcessTty, ControlZStopsTheForegroundJob) {
  const pid_t leader = StartSession(SayReadyAndWait, [](pid_t job) {
    int status = 0;
    ASSERT_THAT(waitpid(job, &status, WUNTRACED), SyscallSucceedsWithValue(job));
    EXPECT_TRUE(WIFSTOPPED(status));
    EXPECT_EQ(WSTOPSIG(status), SIGTSTP);
    ASSERT_THAT(kill(-job, SIGCONT), SyscallSucceeds());
    ASSERT_THAT(waitpid(job, &status, WCONTINUED), SyscallSucceedsWithValue(job));
    ASSERT_THAT(kill(-job, SIGKILL), SyscallSucceeds());
    EXPECT_TRUE(KilledBy(WaitFor(job), SIGKILL));
  });
  AwaitJob();
  Press('\x1a');
  EXPECT_EQ(WaitFor(leader), 0);
}

TEST_F(ProcessTty, NewSizeIsSignalled) {
  const auto await_size = [](int tty) {
    sigset_t winch;
    sigemptyset(&winch);
    sigaddset(&winch, SIGWINCH);
    sigprocmask(SIG_BLOCK, &winch, nullptr);
    EXPECT_EQ(write(tty, "!", 1), 1);
    EXPECT_EQ(sigwaitinfo(&winch, nullptr), SIGWINCH);
    struct winsize size = {};
    EXPECT_EQ(ioctl(tty, TIOCGWINSZ, &size), 0);
    EXPECT_EQ(size.ws_col, 123);
  };
  const pid_t leader =
      StartSession(await_size, [](pid_t job) { EXPECT_TRUE(ExitedWith(WaitFor(job), 0)); });
  AwaitJob();
  struct winsize size = {45, 123, 0, 0};
  ASSERT_THAT(ioctl(master(), TIOCSWINSZ, &size), SyscallSucceeds());
  EXPECT_EQ(WaitFor(leader), 0);
}

TEST_F(ProcessTty, DevTtyIsTheControllingTerminal) {
  const auto use_tty = [](int tty) {
    const Fd dev_tty = Open("/dev/tty", O_RDWR);
    EXPECT_EQ(write(dev_tty.get(), "!", 1), 1);
    EXPECT_EQ(isatty(tty), 1);
    EXPECT_EQ(tcgetpgrp(dev_tty.get()), getpid());
  };
  const pid_t leader =
      StartSession(use_tty, [](pid_t job) { EXPECT_TRUE(ExitedWith(WaitFor(job), 0)); });
  AwaitJob();
  EXPECT_EQ(WaitFor(leader), 0);
}

}  // namespace
}  // namespace guest
