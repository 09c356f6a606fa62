#include "sdk/core/ready_pipe.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>

#include "gtest/gtest.h"

namespace umsdk {
namespace {

class ReadyPipeTest : public testing::Test {
 protected:
  void Open(int flags) {
    ASSERT_TRUE(pipe_.Make().ok());
    ErrnoOr<UniqueFd> fd = pipe_.Open(flags);
    ASSERT_TRUE(fd.ok());
    fd_ = *std::move(fd);
    EXPECT_EQ(::fcntl(fd_.get(), F_GETFL) & O_ACCMODE, flags & O_ACCMODE);
  }
  // What is seen of `events`.
  int Seen(unsigned events) {
    pipe_.Show(events, false);
    pollfd one = {fd_.get(), POLLIN | POLLOUT, 0};
    ::poll(&one, 1, 0);
    return one.revents;
  }

  ReadyPipe pipe_;
  UniqueFd fd_;
};

TEST_F(ReadyPipeTest, ForReading) {
  Open(O_RDONLY);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Seen(0), 0);
    EXPECT_EQ(Seen(POLLIN), POLLIN);
    EXPECT_EQ(Seen(POLLOUT), 0);
    EXPECT_EQ(Seen(POLLERR), POLLIN);
  }
}

TEST_F(ReadyPipeTest, ForWriting) {
  Open(O_WRONLY | O_NONBLOCK);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Seen(POLLOUT), POLLOUT);
    EXPECT_EQ(Seen(POLLIN), 0);
    EXPECT_EQ(Seen(POLLERR), POLLOUT);
    EXPECT_EQ(Seen(0), 0);
  }
}

TEST_F(ReadyPipeTest, ForBoth) {
  Open(O_RDWR);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Seen(POLLIN), POLLIN);
    EXPECT_EQ(Seen(POLLOUT), POLLOUT);
    EXPECT_EQ(Seen(POLLIN | POLLOUT), POLLIN | POLLOUT);
    EXPECT_EQ(Seen(0), POLLOUT) << "the one state that a pipe does not have";
  }
}

TEST_F(ReadyPipeTest, NewsIsAnEdge) {
  Open(O_RDONLY);
  pipe_.Show(POLLIN, true);
  epoll_event event = {}, got = {};
  event.events = EPOLLIN | EPOLLET;
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  ASSERT_EQ(::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd_.get(), &event), 0);
  EXPECT_EQ(::epoll_wait(epoll.get(), &got, 1, 0), 1);
  EXPECT_EQ(::epoll_wait(epoll.get(), &got, 1, 0), 0);
  pipe_.Show(POLLIN, false);
  EXPECT_EQ(::epoll_wait(epoll.get(), &got, 1, 0), 0);
  pipe_.Show(POLLIN, true);
  EXPECT_EQ(::epoll_wait(epoll.get(), &got, 1, 0), 1);
}

}  // namespace
}  // namespace umsdk
