// poll and epoll over descriptors of many kinds.
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <vector>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"
#include "tests/guests/open_file.h"

namespace guest {
namespace {

class FilePoll : public OpenFileTest {
 protected:
  FilePoll() : OpenFileTest("0123456789") {}
};

TEST_F(FilePoll, RegularFilesAreAlwaysReady) {
  struct pollfd poll_fd = {fd(), POLLIN | POLLOUT, 0};
  EXPECT_THAT(poll(&poll_fd, 1, -1), SyscallSucceedsWithValue(1));
  EXPECT_EQ(poll_fd.revents, POLLIN | POLLOUT);
  const Fd epoll(epoll_create1(EPOLL_CLOEXEC));
  struct epoll_event event = {};
  EXPECT_THAT(epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd(), &event), SyscallFailsWithErrno(EPERM));
}

TEST_F(FilePoll, PollOfManyKinds) {
  Pipe pipe;
  const Fd event(eventfd(0, EFD_CLOEXEC));
  const Fd timer(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
  std::vector<struct pollfd> fds = {{pipe.reader(), POLLIN, 0}, {event.get(), POLLIN, 0},
                                    {timer.get(), POLLIN, 0},   {fd(), POLLIN, 0},
                                    {777, POLLIN, 0},           {-1, POLLIN, 0}};
  EXPECT_THAT(poll(fds.data(), fds.size(), -1), SyscallSucceedsWithValue(2));
  EXPECT_EQ(fds[3].revents, POLLIN);
  EXPECT_EQ(fds[4].revents, POLLNVAL);
  const struct itimerspec soon = {{0, 0}, {0, 1}};
  ASSERT_THAT(timerfd_settime(timer.get(), 0, &soon, nullptr), SyscallSucceeds());
  ASSERT_THAT(eventfd_write(event.get(), 1), SyscallSucceeds());
  pipe.Notify();
  uint64_t ticks;
  EXPECT_THAT(read(timer.get(), &ticks, sizeof(ticks)), SyscallSucceedsWithValue(8));
  EXPECT_THAT(poll(fds.data(), fds.size(), -1), SyscallSucceedsWithValue(4));
}

TEST_F(FilePoll, EpollReportsAnEdgeOnce) {
  Pipe pipe;
  const Fd epoll(epoll_create1(EPOLL_CLOEXEC));
  struct epoll_event event = {};
  event.events = EPOLLIN | EPOLLET;
  event.data.u64 = 42;
  ASSERT_THAT(epoll_ctl(epoll.get(), EPOLL_CTL_ADD, pipe.reader(), &event), SyscallSucceeds());
  pipe.Notify();
  struct epoll_event got = {};
  EXPECT_THAT(epoll_wait(epoll.get(), &got, 1, -1), SyscallSucceedsWithValue(1));
  EXPECT_EQ(got.data.u64, 42u);
  EXPECT_THAT(epoll_wait(epoll.get(), &got, 1, 0), SyscallSucceedsWithValue(0)) << "an edge";
  pipe.Notify();
  EXPECT_THAT(epoll_wait(epoll.get(), &got, 1, -1), SyscallSucceedsWithValue(1));
}

}  // namespace
}  // namespace guest
