// Descriptors: shared offsets, inheritance, numbers, passing.
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

class FileDescriptor : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    Put(P("f"), "0123456789");
    fd_ = Open(P("f"), O_RDWR);
  }
  static std::string Read(int fd, size_t n) {
    std::string text(n, '\0');
    EXPECT_THAT(read(fd, text.data(), n), SyscallSucceedsWithValue(n));
    return text;
  }
  int fd() const { return fd_.get(); }

 private:
  Fd fd_;
};

TEST_F(FileDescriptor, IsNoSocketWhateverTheAddress) {
  const auto* bad = static_cast<const struct sockaddr*>(BadAddress());
  EXPECT_THAT(bind(fd(), bad, 16), SyscallFailsWithErrno(ENOTSOCK));
  EXPECT_THAT(connect(-1, bad, 16), SyscallFailsWithErrno(EBADF));
  EXPECT_THAT(bind(-1, bad, 16), SyscallFailsWithErrno(EBADF));
  const Fd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  EXPECT_THAT(bind(socket.get(), bad, 16), SyscallFailsWithErrno(EFAULT));
}

TEST_F(FileDescriptor, DupSharesTheOffsetAndOpenDoesNot) {
  const Fd same(dup(fd()));
  const Fd another = Open(P("f"), O_RDONLY);
  EXPECT_EQ(Read(fd(), 3), "012");
  EXPECT_EQ(Read(same.get(), 3), "345");
  EXPECT_EQ(Read(another.get(), 3), "012");
  ASSERT_THAT(fcntl(same.get(), F_SETFL, O_APPEND), SyscallSucceeds());
  EXPECT_EQ(fcntl(fd(), F_GETFL) & O_APPEND, O_APPEND) << "flags are shared too";
  EXPECT_EQ(fcntl(another.get(), F_GETFL) & O_APPEND, 0);
}

TEST_F(FileDescriptor, ForkSharesTheOffset) {
  PassesInChild([&] { EXPECT_EQ(Read(fd(), 4), "0123"); });
  EXPECT_EQ(Read(fd(), 2), "45");
  PassesInChild([&] { EXPECT_THAT(write(fd(), "ab", 2), SyscallSucceedsWithValue(2)); });
  EXPECT_EQ(Read(fd(), 2), "89");
  EXPECT_EQ(Get(P("f")), "012345ab89");
}

TEST_F(FileDescriptor, DupsAndTheirErrors) {
  EXPECT_THAT(dup2(fd(), fd()), SyscallSucceedsWithValue(fd()));
  EXPECT_THAT(dup3(fd(), fd(), 0), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(dup2(777, 778), SyscallFailsWithErrno(EBADF));
  const Fd high(fcntl(fd(), F_DUPFD_CLOEXEC, 100));
  EXPECT_GE(high.get(), 100);
  EXPECT_EQ(fcntl(high.get(), F_GETFD), FD_CLOEXEC);
  const Fd low(dup(fd()));
  EXPECT_EQ(fcntl(low.get(), F_GETFD), 0);
  EXPECT_EQ(Read(low.get(), 10), "0123456789");
}

TEST_F(FileDescriptor, LowestFreeNumberIsTaken) {
  Fd first = Open(P("f"), O_RDONLY);
  const Fd second = Open(P("f"), O_RDONLY);
  const int number = first.get();
  first.Close();
  const Fd third = Open(P("f"), O_RDONLY);
  EXPECT_EQ(third.get(), number);
  EXPECT_LT(third.get(), second.get());
}

TEST_F(FileDescriptor, LimitOfTheGuestHolds) {
  PassesInChild([&] {
    const struct rlimit limit = {32, 32};
    ASSERT_THAT(setrlimit(RLIMIT_NOFILE, &limit), SyscallSucceeds());
    int last = 0;
    for (int opened; (opened = open(P("f").c_str(), O_RDONLY)) >= 0;) last = opened;
    EXPECT_EQ(errno, EMFILE);
    EXPECT_EQ(last, 31);
    close(last);
    EXPECT_THAT(open(P("new").c_str(), O_CREAT | O_RDWR, 0600), SyscallSucceedsWithValue(31));
    EXPECT_THAT(open(P("newer").c_str(), O_CREAT | O_RDWR, 0600), SyscallFailsWithErrno(EMFILE));
    EXPECT_THAT(access(P("newer").c_str(), F_OK), SyscallFailsWithErrno(ENOENT));
  });
}

TEST_F(FileDescriptor, ProcListsExactlyTheOpenOnes) {
  PassesInChild([&] {
    ASSERT_THAT(syscall(SYS_close_range, 3, ~0u, 0), SyscallSucceeds());
    const int opened = open(P("f").c_str(), O_RDONLY);
    EXPECT_EQ(opened, 3);
    for (int number = 3; number < 300; ++number) {
      EXPECT_EQ(fcntl(number, F_GETFD) >= 0, number == opened) << number;
    }
  });
}

TEST_F(FileDescriptor, PassedThroughASocket) {
  int ends[2];
  ASSERT_THAT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), SyscallSucceeds());
  const Fd ours(ends[0]);
  const Fd theirs(ends[1]);
  union {
    char bytes[CMSG_SPACE(2 * sizeof(int))];
    struct cmsghdr align;
  } control = {};
  char byte = 'x';
  struct iovec iov = {&byte, 1};
  struct msghdr message = {};
  message.msg_iov = &iov;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof(control.bytes);
  const pid_t child = Fork([&] {
    const int fds[2] = {open(P("f").c_str(), O_RDWR), open(dir().c_str(), O_PATH)};
    EXPECT_EQ(Read(fds[0], 2), "01");
    struct cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(fds));
    memcpy(CMSG_DATA(header), fds, sizeof(fds));
    EXPECT_THAT(sendmsg(theirs.get(), &message, 0), SyscallSucceedsWithValue(1));
  });
  EXPECT_EQ(WaitFor(child), 0);
  ASSERT_THAT(recvmsg(ours.get(), &message, MSG_CMSG_CLOEXEC), SyscallSucceedsWithValue(1));
  int fds[2] = {-1, -1};
  memcpy(fds, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fds));
  const Fd file(fds[0]);
  const Fd directory(fds[1]);
  EXPECT_EQ(Read(file.get(), 2), "23") << "the offset came along";
  EXPECT_THAT(write(file.get(), "AB", 2), SyscallSucceedsWithValue(2));
  EXPECT_EQ(Get(P("f")), "0123AB6789");
  EXPECT_TRUE(Fd(openat(directory.get(), "f", O_RDONLY)).ok());
}

}  // namespace
}  // namespace guest
