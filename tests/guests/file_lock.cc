// flock, fcntl locks and locks of an open description.
#include <sys/file.h>
#include <sys/syscall.h>
#include <csignal>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

class FileLock : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    Put(P("f"), "0123456789");
    first_ = Open(P("f"), O_RDWR);
    second_ = Open(P("f"), O_RDWR);
  }
  int first() const { return first_.get(); }
  int second() const { return second_.get(); }
  void CloseSecond() { second_.Close(); }

  // fcntl(fd, command) for a lock of `type` on [start, start + length).
  static int Lock(int fd, int command, int type, off_t start = 0, off_t length = 0) {
    struct flock lock = {};
    lock.l_type = static_cast<short>(type);
    lock.l_start = start;
    lock.l_len = length;
    return fcntl(fd, command, &lock);
  }

 private:
  Fd first_;
  Fd second_;
};

TEST_F(FileLock, FlockBelongsToTheOpenDescription) {
  ASSERT_THAT(flock(first(), LOCK_EX), SyscallSucceeds());
  EXPECT_THAT(flock(second(), LOCK_EX | LOCK_NB), SyscallFailsWithErrno(EWOULDBLOCK));
  const Fd same(dup(first()));
  EXPECT_THAT(flock(same.get(), LOCK_EX | LOCK_NB), SyscallSucceeds());
  PassesInChild([&] {
    EXPECT_THAT(flock(first(), LOCK_EX | LOCK_NB), SyscallSucceeds()) << "inherited";
    EXPECT_THAT(flock(second(), LOCK_SH | LOCK_NB), SyscallFailsWithErrno(EWOULDBLOCK));
  });
  ASSERT_THAT(flock(same.get(), LOCK_UN), SyscallSucceeds());
  EXPECT_THAT(flock(second(), LOCK_EX | LOCK_NB), SyscallSucceeds());
}

TEST_F(FileLock, FlockSharedAndReleasedByClose) {
  ASSERT_THAT(flock(first(), LOCK_SH), SyscallSucceeds());
  ASSERT_THAT(flock(second(), LOCK_SH | LOCK_NB), SyscallSucceeds());
  EXPECT_THAT(flock(first(), LOCK_EX | LOCK_NB), SyscallFailsWithErrno(EWOULDBLOCK));
  CloseSecond();
  EXPECT_THAT(flock(first(), LOCK_EX | LOCK_NB), SyscallSucceeds());
}

TEST_F(FileLock, FlockWaits) {
  ASSERT_THAT(flock(first(), LOCK_EX), SyscallSucceeds());
  const pid_t child = Fork([&] { EXPECT_THAT(flock(second(), LOCK_EX), SyscallSucceeds()); });
  AwaitBlockedIn(child, SYS_flock);
  ASSERT_THAT(flock(first(), LOCK_UN), SyscallSucceeds());
  EXPECT_EQ(WaitFor(child), 0);
}

TEST_F(FileLock, RecordLocksBelongToTheProcess) {
  ASSERT_THAT(Lock(first(), F_SETLK, F_WRLCK, 0, 5), SyscallSucceeds());
  EXPECT_THAT(Lock(second(), F_SETLK, F_WRLCK, 0, 5), SyscallSucceeds()) << "one's own";
  const pid_t parent = getpid();
  PassesInChild([&] {
    EXPECT_THAT(Lock(first(), F_SETLK, F_RDLCK, 4, 1), SyscallFailsWithErrno(EAGAIN));
    EXPECT_THAT(Lock(first(), F_SETLK, F_WRLCK, 5, 5), SyscallSucceeds());
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    ASSERT_THAT(fcntl(first(), F_GETLK, &lock), SyscallSucceeds());
    EXPECT_EQ(lock.l_type, F_WRLCK);
    EXPECT_EQ(lock.l_pid, parent);
    EXPECT_EQ(lock.l_start, 0);
    EXPECT_EQ(lock.l_len, 5);
  });
}

TEST_F(FileLock, AnyCloseDropsRecordLocks) {
  ASSERT_THAT(Lock(first(), F_SETLK, F_WRLCK), SyscallSucceeds());
  CloseSecond();
  PassesInChild([&] { EXPECT_THAT(Lock(first(), F_SETLK, F_WRLCK), SyscallSucceeds()); });
}

TEST_F(FileLock, RecordLocksSplitAndMerge) {
  ASSERT_THAT(Lock(first(), F_SETLK, F_WRLCK, 0, 10), SyscallSucceeds());
  ASSERT_THAT(Lock(first(), F_SETLK, F_UNLCK, 4, 2), SyscallSucceeds());
  PassesInChild([&] {
    EXPECT_THAT(Lock(first(), F_SETLK, F_WRLCK, 4, 2), SyscallSucceeds());
    EXPECT_THAT(Lock(first(), F_SETLK, F_WRLCK, 3, 1), SyscallFailsWithErrno(EAGAIN));
    EXPECT_THAT(Lock(first(), F_SETLK, F_WRLCK, 6, 1), SyscallFailsWithErrno(EAGAIN));
  });
}

TEST_F(FileLock, RecordLockWaits) {
  ASSERT_THAT(Lock(first(), F_SETLK, F_WRLCK), SyscallSucceeds());
  const pid_t child =
      Fork([&] { EXPECT_THAT(Lock(first(), F_SETLKW, F_WRLCK), SyscallSucceeds()); });
  AwaitBlockedIn(child, SYS_fcntl);
  ASSERT_THAT(Lock(first(), F_SETLK, F_UNLCK), SyscallSucceeds());
  EXPECT_EQ(WaitFor(child), 0);
}

TEST_F(FileLock, DeathReleasesLocks) {
  Pipe locked;
  const pid_t child = Fork([&] {
    const Fd own = Open(P("f"), O_RDWR);
    ASSERT_THAT(Lock(own.get(), F_SETLK, F_WRLCK), SyscallSucceeds());
    ASSERT_THAT(flock(own.get(), LOCK_EX), SyscallSucceeds());
    locked.Notify();
    for (;;) pause();
  });
  ASSERT_TRUE(locked.Await());
  EXPECT_THAT(Lock(first(), F_SETLK, F_WRLCK), SyscallFailsWithErrno(EAGAIN));
  EXPECT_THAT(flock(first(), LOCK_EX | LOCK_NB), SyscallFailsWithErrno(EWOULDBLOCK));
  kill(child, SIGKILL);
  WaitFor(child);
  EXPECT_THAT(Lock(first(), F_SETLK, F_WRLCK), SyscallSucceeds());
  EXPECT_THAT(flock(first(), LOCK_EX | LOCK_NB), SyscallSucceeds());
}

TEST_F(FileLock, DescriptionLocksConflictInOneProcess) {
  ASSERT_THAT(Lock(first(), F_OFD_SETLK, F_WRLCK, 0, 5), SyscallSucceeds());
  EXPECT_THAT(Lock(second(), F_OFD_SETLK, F_WRLCK, 0, 5), SyscallFailsWithErrno(EAGAIN));
  EXPECT_THAT(Lock(second(), F_OFD_SETLK, F_WRLCK, 5, 5), SyscallSucceeds());
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  ASSERT_THAT(fcntl(second(), F_OFD_GETLK, &lock), SyscallSucceeds());
  EXPECT_EQ(lock.l_pid, -1);
  CloseSecond();
  EXPECT_THAT(Lock(first(), F_OFD_SETLK, F_WRLCK), SyscallSucceeds());
}

TEST_F(FileLock, NeedsTheRightMode) {
  const Fd reader = Open(P("f"), O_RDONLY);
  EXPECT_THAT(Lock(reader.get(), F_SETLK, F_WRLCK), SyscallFailsWithErrno(EBADF));
  EXPECT_THAT(Lock(reader.get(), F_SETLK, F_RDLCK), SyscallSucceeds());
  EXPECT_THAT(flock(reader.get(), LOCK_EX | LOCK_NB), SyscallSucceeds());
  EXPECT_THAT(flock(reader.get(), 77), SyscallFailsWithErrno(EINVAL));
}

TEST_F(FileLock, DeadlockIsFound) {
  ASSERT_THAT(Lock(first(), F_SETLK, F_WRLCK, 0, 1), SyscallSucceeds());
  Pipe locked;
  const pid_t child = Fork([&] {
    ASSERT_THAT(Lock(first(), F_SETLK, F_WRLCK, 1, 1), SyscallSucceeds());
    locked.Notify();
    EXPECT_THAT(Lock(first(), F_SETLKW, F_WRLCK, 0, 1), SyscallSucceeds());
  });
  ASSERT_TRUE(locked.Await());
  AwaitBlockedIn(child, SYS_fcntl);
  EXPECT_THAT(Lock(first(), F_SETLKW, F_WRLCK, 1, 1), SyscallFailsWithErrno(EDEADLK));
  ASSERT_THAT(Lock(first(), F_SETLK, F_UNLCK, 0, 1), SyscallSucceeds());
  EXPECT_EQ(WaitFor(child), 0);
}

}  // namespace
}  // namespace guest
