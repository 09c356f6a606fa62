// A handler without SA_RESTART makes a blocked call fail with EINTR.
#include <poll.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <ctime>
#include <vector>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"
#include "tests/guests/ticker.h"

namespace guest {
namespace {

volatile sig_atomic_t g_ticks;
void Count(int) { g_ticks = g_ticks + 1; }

class SignalEintr : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    g_ticks = 0;
  }

  template <typename Call>
  void ExpectInterrupted(Call call) {
    const Ticker ticker(Count, 0);
    EXPECT_THAT(call(), SyscallFailsWithErrno(EINTR));
    EXPECT_GE(g_ticks, 1);
  }
};

TEST_F(SignalEintr, Read) {
  Pipe pipe;
  char byte;
  ExpectInterrupted([&] { return read(pipe.reader(), &byte, 1); });
}

TEST_F(SignalEintr, WriteToAFullPipe) {
  Pipe pipe;
  ASSERT_THAT(fcntl(pipe.writer(), F_SETFL, O_NONBLOCK), SyscallSucceeds());
  const std::vector<char> page(4096);
  while (write(pipe.writer(), page.data(), page.size()) > 0) continue;
  ASSERT_EQ(errno, EAGAIN);
  ASSERT_THAT(fcntl(pipe.writer(), F_SETFL, 0), SyscallSucceeds());
  ExpectInterrupted([&] { return write(pipe.writer(), page.data(), page.size()); });
}

TEST_F(SignalEintr, PartOfAWriteIsReported) {
  Pipe pipe;
  const std::vector<char> big(8 << 20);
  const Ticker ticker(Count, 0);
  const ssize_t n = write(pipe.writer(), big.data(), big.size());
  EXPECT_GT(n, 0);
  EXPECT_LT(n, static_cast<ssize_t>(big.size()));
}

TEST_F(SignalEintr, SocketCalls) {
  int ends[2];
  ASSERT_THAT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), SyscallSucceeds());
  const Fd first(ends[0]);
  const Fd second(ends[1]);
  char byte;
  ExpectInterrupted([&] { return recv(first.get(), &byte, 1, 0); });
  const Fd listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  struct sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  P("socket").copy(address.sun_path, sizeof(address.sun_path) - 1);
  const auto* name = reinterpret_cast<struct sockaddr*>(&address);
  ASSERT_THAT(bind(listener.get(), name, sizeof(address)), SyscallSucceeds());
  ASSERT_THAT(listen(listener.get(), 1), SyscallSucceeds());
  ExpectInterrupted([&] { return accept(listener.get(), nullptr, nullptr); });
}

TEST_F(SignalEintr, OpenOfAFifo) {
  ASSERT_THAT(mkfifo(P("fifo").c_str(), 0600), SyscallSucceeds());
  ExpectInterrupted([&] { return open(P("fifo").c_str(), O_RDONLY); });
  ExpectInterrupted([&] { return open(P("fifo").c_str(), O_WRONLY); });
}

TEST_F(SignalEintr, Locks) {
  const Fd mine = Open(P("file"), O_RDWR | O_CREAT);
  Pipe locked;
  const pid_t holder = Fork([&] {
    const Fd own = Open(P("file"), O_RDWR);
    struct flock whole = {};
    whole.l_type = F_WRLCK;
    EXPECT_THAT(fcntl(own.get(), F_SETLK, &whole), SyscallSucceeds());
    EXPECT_THAT(flock(own.get(), LOCK_EX), SyscallSucceeds());
    locked.Notify();
    for (;;) pause();
  });
  ASSERT_TRUE(locked.Await());
  ExpectInterrupted([&] { return flock(mine.get(), LOCK_EX); });
  struct flock whole = {};
  whole.l_type = F_WRLCK;
  ExpectInterrupted([&] { return fcntl(mine.get(), F_SETLKW, &whole); });
  kill(holder, SIGKILL);
  WaitFor(holder);
}

TEST_F(SignalEintr, Waitpid) {
  const pid_t child = Fork([] {
    for (;;) pause();
  });
  ExpectInterrupted([&] { return waitpid(child, nullptr, 0); });
  kill(child, SIGKILL);
  WaitFor(child);
}

TEST_F(SignalEintr, NanosleepTellsWhatRemains) {
  const struct timespec day = {86400, 0};
  struct timespec rest = {};
  ExpectInterrupted([&] { return nanosleep(&day, &rest); });
  EXPECT_GT(rest.tv_sec, 86000);
}

TEST_F(SignalEintr, PollsAreNeverRestarted) {
  Pipe pipe;
  const Fd epoll(epoll_create1(EPOLL_CLOEXEC));
  struct epoll_event event = {};
  event.events = EPOLLIN;
  ASSERT_THAT(epoll_ctl(epoll.get(), EPOLL_CTL_ADD, pipe.reader(), &event), SyscallSucceeds());
  const Ticker ticker(Count, SA_RESTART);
  struct pollfd poll_fd = {pipe.reader(), POLLIN, 0};
  EXPECT_THAT(poll(&poll_fd, 1, -1), SyscallFailsWithErrno(EINTR));
  EXPECT_THAT(epoll_wait(epoll.get(), &event, 1, -1), SyscallFailsWithErrno(EINTR));
  fd_set set;
  FD_ZERO(&set);
  FD_SET(pipe.reader(), &set);
  EXPECT_THAT(select(pipe.reader() + 1, &set, nullptr, nullptr, nullptr),
              SyscallFailsWithErrno(EINTR));
  EXPECT_THAT(pause(), SyscallFailsWithErrno(EINTR));
}

}  // namespace
}  // namespace guest
