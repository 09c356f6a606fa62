// Ctrl-Z and fg while a call blocks: the stop is reported at once, and the call goes on.
#include <sys/file.h>
#include <sys/syscall.h>
#include <csignal>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

class SignalStop : public FsTest {
 protected:
  // Stops and continues `child`, which is to be blocked in call `number`.
  static void StopAndContinueIn(pid_t child, long number) {
    AwaitBlockedIn(child, number);
    int status = 0;
    ASSERT_THAT(kill(child, SIGSTOP), SyscallSucceeds());
    ASSERT_THAT(waitpid(child, &status, WUNTRACED), SyscallSucceedsWithValue(child));
    ASSERT_TRUE(WIFSTOPPED(status)) << status;
    ASSERT_THAT(kill(child, SIGCONT), SyscallSucceeds());
    ASSERT_THAT(waitpid(child, &status, WCONTINUED), SyscallSucceedsWithValue(child));
    ASSERT_TRUE(WIFCONTINUED(status)) << status;
  }
};

TEST_F(SignalStop, DuringRead) {
  Pipe go;
  const pid_t child = Fork([&] {
    char byte;
    EXPECT_THAT(read(go.reader(), &byte, 1), SyscallSucceedsWithValue(1));
  });
  StopAndContinueIn(child, SYS_read);
  StopAndContinueIn(child, SYS_read);
  go.Notify();
  EXPECT_EQ(WaitFor(child), 0);
}

TEST_F(SignalStop, DuringOpenOfAFifo) {
  ASSERT_THAT(mkfifo(P("fifo").c_str(), 0600), SyscallSucceeds());
  const pid_t child = Fork([&] { EXPECT_EQ(Get(P("fifo")), "late"); });
  StopAndContinueIn(child, SYS_openat);
  Put(P("fifo"), "late");
  EXPECT_EQ(WaitFor(child), 0);
}

TEST_F(SignalStop, DuringFlock) {
  Fd mine = Open(P("file"), O_RDWR | O_CREAT);
  ASSERT_THAT(flock(mine.get(), LOCK_EX), SyscallSucceeds());
  const pid_t child = Fork([&] {
    const Fd own = Open(P("file"), O_RDWR);
    EXPECT_THAT(flock(own.get(), LOCK_EX), SyscallSucceeds());
  });
  StopAndContinueIn(child, SYS_flock);
  ASSERT_THAT(flock(mine.get(), LOCK_UN), SyscallSucceeds());
  EXPECT_EQ(WaitFor(child), 0);
}

TEST_F(SignalStop, DuringNanosleepKeepsItsEnd) {
  const pid_t child = Fork([] {
    const struct timespec day = {86400, 0};
    nanosleep(&day, nullptr);
  });
  StopAndContinueIn(child, SYS_clock_nanosleep);
  AwaitBlockedIn(child, SYS_restart_syscall);
  kill(child, SIGKILL);
  EXPECT_TRUE(KilledBy(WaitFor(child), SIGKILL));
}

TEST_F(SignalStop, KillEndsABlockedOpen) {
  ASSERT_THAT(mkfifo(P("fifo").c_str(), 0600), SyscallSucceeds());
  const pid_t child = Fork([&] { Get(P("fifo")); });
  AwaitBlockedIn(child, SYS_openat);
  ASSERT_THAT(kill(child, SIGKILL), SyscallSucceeds());
  EXPECT_TRUE(KilledBy(WaitFor(child), SIGKILL));
}

TEST_F(SignalStop, StoppedProcessCanBeKilled) {
  Pipe never;
  const pid_t child = Fork([&] { never.Await(); });
  AwaitBlockedIn(child, SYS_read);
  ASSERT_THAT(kill(child, SIGSTOP), SyscallSucceeds());
  ASSERT_THAT(waitpid(child, nullptr, WUNTRACED), SyscallSucceedsWithValue(child));
  ASSERT_THAT(kill(child, SIGKILL), SyscallSucceeds());
  EXPECT_TRUE(KilledBy(WaitFor(child), SIGKILL));
}

}  // namespace
}  // namespace guest
