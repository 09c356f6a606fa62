// A handler with SA_RESTART is not noticed by the blocked call; it may also leave by a jump.
#include <sys/file.h>
#include <csetjmp>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"
#include "tests/guests/ticker.h"

namespace guest {
namespace {

constexpr int kTicksBeforeRelease = 5;
volatile sig_atomic_t g_ticks;
volatile sig_atomic_t g_release_fd;
sigjmp_buf g_out;

// At the fifth tick lets the blocked call have what it waits for.
void CountAndRelease(int) {
  const int saved = errno;
  g_ticks = g_ticks + 1;
  if (g_ticks == kTicksBeforeRelease && write(g_release_fd, "r", 1) != 1) abort();
  errno = saved;
}

volatile sig_atomic_t g_armed;

void JumpOut(int) {
  if (!g_armed) return;
  g_armed = 0;
  siglongjmp(g_out, 1);
}

class SignalRestart : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    g_ticks = 0;
  }
};

TEST_F(SignalRestart, ReadIsRestarted) {
  Pipe pipe;
  g_release_fd = pipe.writer();
  char byte = 0;
  const Ticker ticker(CountAndRelease, SA_RESTART);
  EXPECT_THAT(read(pipe.reader(), &byte, 1), SyscallSucceedsWithValue(1));
  EXPECT_EQ(byte, 'r');
  EXPECT_GE(g_ticks, kTicksBeforeRelease);
}

TEST_F(SignalRestart, OpenOfAFifoIsRestarted) {
  ASSERT_THAT(mkfifo(P("fifo").c_str(), 0600), SyscallSucceeds());
  Pipe go;
  g_release_fd = go.writer();
  const pid_t writer = Fork([&] {
    ASSERT_TRUE(go.Await());
    Put(P("fifo"), "hello");
  });
  std::string text;
  {
    const Ticker ticker(CountAndRelease, SA_RESTART);
    text = Get(P("fifo"));
  }
  EXPECT_EQ(text, "hello");
  EXPECT_GE(g_ticks, kTicksBeforeRelease);
  EXPECT_EQ(WaitFor(writer), 0);
}

TEST_F(SignalRestart, FlockIsRestarted) {
  const Fd mine = Open(P("file"), O_RDWR | O_CREAT);
  Pipe locked;
  Pipe go;
  g_release_fd = go.writer();
  const pid_t holder = Fork([&] {
    const Fd own = Open(P("file"), O_RDWR);
    ASSERT_THAT(flock(own.get(), LOCK_EX), SyscallSucceeds());
    locked.Notify();
    ASSERT_TRUE(go.Await());
  });
  ASSERT_TRUE(locked.Await());
  {
    const Ticker ticker(CountAndRelease, SA_RESTART);
    EXPECT_THAT(flock(mine.get(), LOCK_EX), SyscallSucceeds());
  }
  EXPECT_GE(g_ticks, kTicksBeforeRelease);
  EXPECT_EQ(WaitFor(holder), 0);
}

TEST_F(SignalRestart, WaitpidIsRestarted) {
  Pipe go;
  g_release_fd = go.writer();
  const pid_t child = Fork([&] { go.Await(); });
  const Ticker ticker(CountAndRelease, SA_RESTART);
  int status = -1;
  EXPECT_THAT(waitpid(child, &status, 0), SyscallSucceedsWithValue(child));
  EXPECT_EQ(status, 0);
  EXPECT_GE(g_ticks, kTicksBeforeRelease);
}

TEST_F(SignalRestart, JumpOutOfABlockedRead) {
  Pipe pipe;
  volatile int jumps = 0;
  {
    const Ticker ticker(JumpOut, 0);
    if (sigsetjmp(g_out, 1) != 0) jumps = jumps + 1;
    char byte;
    g_armed = jumps < 10;
    if (jumps < 10 && read(pipe.reader(), &byte, 1) >= 0) ADD_FAILURE() << "nobody wrote";
  }
  EXPECT_EQ(jumps, 10);
  Put(P("after"), "all is well");
  EXPECT_EQ(Get(P("after")), "all is well");
}

TEST_F(SignalRestart, JumpOutOfABlockedOpen) {
  ASSERT_THAT(mkfifo(P("fifo").c_str(), 0600), SyscallSucceeds());
  volatile int jumps = 0;
  {
    const std::string fifo = P("fifo");
    const Ticker ticker(JumpOut, SA_RESTART);
    if (sigsetjmp(g_out, 1) != 0) jumps = jumps + 1;
    g_armed = jumps < 10;
    if (jumps < 10) open(fifo.c_str(), O_RDONLY);
  }
  EXPECT_EQ(jumps, 10);
  Put(P("after"), "all is well");
  EXPECT_EQ(Get(P("after")), "all is well");
}

// Calls on files are short: under a rain of signals none of them may fail or happen twice.
TEST_F(SignalRestart, FileCallsAreNotDisturbedBySignals) {
  g_release_fd = -1;
  // docs/differences.md: a signal that comes before the supervisor has the call ends its wait.
  const int restart = Engine() == "native" ? 0 : SA_RESTART;
  const Ticker ticker([](int) { g_ticks = g_ticks + 1; }, restart);
  int rounds = 0;
  while (g_ticks < 50) {
    const Fd fd = Open(P("log"), O_WRONLY | O_CREAT | O_APPEND);
    ASSERT_TRUE(fd.ok()) << strerror(errno);
    ASSERT_THAT(write(fd.get(), "0123456789", 10), SyscallSucceedsWithValue(10));
    ++rounds;
    ASSERT_EQ(Stat(fd.get()).st_size, rounds * 10);
    ASSERT_THAT(mkdir(P("d").c_str(), 0700), SyscallSucceeds());
    ASSERT_THAT(rename(P("d").c_str(), P("e").c_str()), SyscallSucceeds());
    ASSERT_THAT(rmdir(P("e").c_str()), SyscallSucceeds());
  }
  EXPECT_GT(rounds, 0);
}

// A handler runs calls of its own while the interrupted one has not ended.
TEST_F(SignalRestart, HandlerUsesFiles) {
  static char path[4096];
  static volatile sig_atomic_t good;
  P("file").copy(path, sizeof(path) - 1);
  Put(P("file"), "x");
  good = 0;
  Pipe pipe;
  char byte;
  {
    const Ticker ticker(
        [](int) {
          struct stat st;
          const int fd = open(path, O_RDONLY);
          if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size == 1 && stat(path, &st) == 0)
            good = good + 1;
          close(fd);
        },
        0);
    EXPECT_THAT(read(pipe.reader(), &byte, 1), SyscallFailsWithErrno(EINTR));
  }
  EXPECT_GE(good, 1);
}

}  // namespace
}  // namespace guest
