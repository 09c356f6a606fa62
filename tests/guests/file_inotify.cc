// inotify on files (tail -f) and on directories.
#include <poll.h>
#include <sys/inotify.h>
#include <deque>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

constexpr int kPatienceMs = 5000;

class FileInotify : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    Put(P("f"), "text");
    inotify_ = Fd(inotify_init1(IN_CLOEXEC));
    ASSERT_TRUE(inotify_.ok());
  }
  int Watch(const std::string& path, uint32_t mask) {
    return inotify_add_watch(inotify_.get(), path.c_str(), mask);
  }
  // Takes events until one has a bit of `mask`; its name. One that does not come is a failure,
  // not a hang.
  std::string Await(uint32_t mask) {
    for (;;) {
      if (events_.empty() && !ReadEvents()) return "no event";
      const Event event = events_.front();
      events_.pop_front();
      if ((event.mask & mask) != 0) return event.name;
    }
  }
  int fd() const { return inotify_.get(); }

 private:
  struct Event {
    uint32_t mask;
    std::string name;
  };

  bool ReadEvents() {
    struct pollfd poll_fd = {fd(), POLLIN, 0};
    if (poll(&poll_fd, 1, kPatienceMs) != 1) return false;
    alignas(struct inotify_event) char buffer[4096];
    const ssize_t n = read(fd(), buffer, sizeof(buffer));
    for (const char* at = buffer; at < buffer + n;) {
      const auto* event = reinterpret_cast<const struct inotify_event*>(at);
      events_.push_back({event->mask, event->len == 0 ? "" : event->name});
      at += sizeof(*event) + event->len;
    }
    return n > 0;
  }

  Fd inotify_;
  std::deque<Event> events_;
};

TEST_F(FileInotify, WriteIsAModification) {
  ASSERT_THAT(Watch(P("f"), IN_MODIFY), SyscallSucceeds());
  const pid_t child = Fork([&] {
    const Fd log = Open(P("f"), O_WRONLY | O_APPEND);
    EXPECT_THAT(write(log.get(), "more", 4), SyscallSucceedsWithValue(4));
  });
  EXPECT_EQ(Await(IN_MODIFY), "");
  EXPECT_EQ(WaitFor(child), 0);
  EXPECT_EQ(Get(P("f")), "textmore");
}

TEST_F(FileInotify, OneChangeOneEvent) {
  ASSERT_THAT(Watch(P("f"), IN_MODIFY), SyscallSucceeds());
  const Fd log = Open(P("f"), O_WRONLY);
  struct pollfd poll_fd = {fd(), POLLIN, 0};
  EXPECT_THAT(poll(&poll_fd, 1, 0), SyscallSucceedsWithValue(0)) << "an open is none";
  ASSERT_THAT(write(log.get(), "x", 1), SyscallSucceedsWithValue(1));
  char buffer[4096];
  EXPECT_THAT(read(fd(), buffer, sizeof(buffer)),
              SyscallSucceedsWithValue(sizeof(struct inotify_event)));
}

TEST_F(FileInotify, TruncateAndAttributesAndRemoval) {
  ASSERT_THAT(Watch(P("f"), IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF), SyscallSucceeds());
  ASSERT_THAT(truncate(P("f").c_str(), 1), SyscallSucceeds());
  EXPECT_EQ(Await(IN_MODIFY), "");
  ASSERT_THAT(chmod(P("f").c_str(), 0600), SyscallSucceeds());
  EXPECT_EQ(Await(IN_ATTRIB), "");
  ASSERT_THAT(unlink(P("f").c_str()), SyscallSucceeds());
  EXPECT_EQ(Await(IN_DELETE_SELF), "");
}

TEST_F(FileInotify, DirectoryTellsNames) {
  ASSERT_THAT(Watch(dir(), IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE),
              SyscallSucceeds());
  Put(P("new"), "x");
  EXPECT_EQ(Await(IN_CREATE), "new");
  EXPECT_EQ(Await(IN_CLOSE_WRITE), "new");
  ASSERT_THAT(rename(P("new").c_str(), P("moved").c_str()), SyscallSucceeds());
  EXPECT_EQ(Await(IN_MOVED_FROM | IN_MOVED_TO), "new");
  ASSERT_THAT(unlink(P("moved").c_str()), SyscallSucceeds());
  EXPECT_EQ(Await(IN_DELETE), "moved");
}

TEST_F(FileInotify, FifosAndSocketsCanBeWatched) {
  ASSERT_THAT(mkfifo(P("fifo").c_str(), 0600), SyscallSucceeds());
  ASSERT_THAT(mknod(P("socket").c_str(), S_IFSOCK | 0600, 0), SyscallSucceeds());
  EXPECT_THAT(Watch(P("fifo"), IN_MODIFY), SyscallSucceeds());
  const int watch = Watch(P("socket"), IN_ALL_EVENTS);
  EXPECT_THAT(watch, SyscallSucceeds());
  EXPECT_EQ(Watch(P("socket"), IN_MODIFY), watch);
  const Fd fifo = Open(P("fifo"), O_RDWR);
  ASSERT_THAT(write(fifo.get(), "x", 1), SyscallSucceedsWithValue(1));
  EXPECT_EQ(Await(IN_MODIFY), "");
}

TEST_F(FileInotify, WatchesEnd) {
  const int watch = Watch(P("f"), IN_MODIFY);
  ASSERT_THAT(watch, SyscallSucceeds());
  ASSERT_THAT(inotify_rm_watch(fd(), watch), SyscallSucceeds());
  EXPECT_EQ(Await(IN_IGNORED), "");
  EXPECT_THAT(inotify_rm_watch(fd(), watch), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(Watch(P("none"), IN_MODIFY), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(Watch(P("f"), IN_MODIFY | IN_ONLYDIR), SyscallFailsWithErrno(ENOTDIR));
}

}  // namespace
}  // namespace guest
