// The edges of files: the largest offset, buffers that are not there, descriptors that only name.
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <csignal>
#include <cstdint>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"
#include "tests/guests/handled.h"

namespace guest {
namespace {

class FileEdges : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    Put(P("f"), "hello world");
    file_ = Open(P("f"), O_RDWR);
  }
  int fd() const { return file_.get(); }

 private:
  Fd file_;
};

TEST_F(FileEdges, NoByteBehindTheLargestOffset) {
  const Handled no_signal(SIGXFSZ);
  char byte;
  EXPECT_THAT(pwrite(fd(), "ab", 2, INT64_MAX), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(pwrite(fd(), "ab", 2, INT64_MAX - 1), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(pwrite(fd(), "", 0, INT64_MAX), SyscallSucceedsWithValue(0));
  EXPECT_THAT(pwrite(fd(), "ab", 2, -1), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(pread(fd(), &byte, 1, INT64_MAX), SyscallFailsWithErrno(EINVAL));
  ASSERT_THAT(lseek(fd(), INT64_MAX, SEEK_SET), SyscallSucceeds());
  EXPECT_THAT(write(fd(), "ab", 2), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(read(fd(), &byte, 1), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(ftruncate(fd(), -1), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(fallocate(fd(), 0, INT64_MAX, 1), SyscallFailsWithErrno(EFBIG));
  off_t far = INT64_MAX;
  EXPECT_THAT(sendfile(fd(), fd(), &far, 1), SyscallFailsWithErrno(EINVAL));
  sigset_t pending;
  ASSERT_THAT(sigpending(&pending), SyscallSucceeds());
  EXPECT_EQ(sigismember(&pending, SIGXFSZ), 0) << "no limit of the process was met";
  EXPECT_EQ(Stat(fd()).st_size, 11);
}

TEST_F(FileEdges, NegativePositionsComeBeforeTheDescriptor) {
  char byte;
  EXPECT_THAT(pread(-1, &byte, 1, -1), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(pwrite(-1, &byte, 1, -1), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(ftruncate(-1, -1), SyscallFailsWithErrno(EINVAL));
}

TEST_F(FileEdges, BadVectors) {
  char good[] = "GOOD";
  struct iovec parts[2] = {{good, 4}, {good, static_cast<size_t>(-1)}};
  EXPECT_THAT(writev(fd(), parts, 2), SyscallFailsWithErrno(EINVAL)) << "a negative length";
  parts[1] = {good, INT64_MAX};
  EXPECT_THAT(writev(fd(), parts, 2), SyscallFailsWithErrno(EFAULT))
      << "up to the kernel's addresses";
  parts[1] = {reinterpret_cast<void*>(uintptr_t{1} << 63), 4};
  EXPECT_THAT(pwritev(fd(), parts, 2, 0), SyscallFailsWithErrno(EFAULT))
      << "an address of the kernel's";
  EXPECT_THAT(syscall(SYS_writev, fd(), parts, 1025), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(writev(fd(), static_cast<struct iovec*>(BadAddress()), 1),
              SyscallFailsWithErrno(EFAULT));
  EXPECT_THAT(syscall(SYS_write, fd(), good, -1L), SyscallFailsWithErrno(EFAULT));
  EXPECT_EQ(Get(P("f")), "hello world") << "nothing of it was written";
  parts[1] = {BadAddress(), 4};
  EXPECT_THAT(pwritev(fd(), parts, 2, 0), SyscallSucceedsWithValue(4))
      << "up to where nothing is mapped";
  EXPECT_EQ(Get(P("f")), "GOODo world");
  EXPECT_THAT(pwritev2(fd(), parts, 1, 0, 0x8000), SyscallFailsWithErrno(EOPNOTSUPP));
}

// Access mode 3: for ioctl(2) only.
TEST_F(FileEdges, NeitherReadingNorWriting) {
  const Fd neither = Open(P("f"), O_ACCMODE);
  char byte;
  EXPECT_THAT(read(neither.get(), &byte, 1), SyscallFailsWithErrno(EBADF));
  EXPECT_THAT(write(neither.get(), "x", 1), SyscallFailsWithErrno(EBADF));
  EXPECT_THAT(ftruncate(neither.get(), 1), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(fallocate(neither.get(), 0, 0, 1), SyscallFailsWithErrno(EBADF));
  EXPECT_EQ(Get(P("f")), "hello world");
}

TEST_F(FileEdges, BytesToRead) {
  int rest = -1;
  EXPECT_THAT(ioctl(fd(), FIONREAD, &rest), SyscallSucceeds());
  EXPECT_EQ(rest, 11);
  ASSERT_THAT(lseek(fd(), 4, SEEK_SET), SyscallSucceeds());
  EXPECT_THAT(ioctl(fd(), FIONREAD, &rest), SyscallSucceeds());
  EXPECT_EQ(rest, 7);
  ASSERT_THAT(pwrite(fd(), "longer", 6, 20), SyscallSucceeds());
  EXPECT_THAT(ioctl(fd(), FIONREAD, &rest), SyscallSucceeds());
  EXPECT_EQ(rest, 22);
  const Fd directory = Open(dir(), O_RDONLY);
  EXPECT_THAT(ioctl(directory.get(), FIONREAD, &rest), SyscallFailsWithErrno(ENOTTY));
}

TEST_F(FileEdges, DescriptorsThatOnlyName) {
  ASSERT_THAT(mkdir(P("d").c_str(), 0755), SyscallSucceeds());
  for (const char* name : {"f", "d"}) {
    SCOPED_TRACE(name);
    const Fd path = Open(P(name), O_PATH);
    const int fd = path.get();
    char byte;
    int number = 0;
    EXPECT_THAT(read(fd, &byte, 1), SyscallFailsWithErrno(EBADF));
    EXPECT_THAT(pread(fd, &byte, 1, -1), SyscallFailsWithErrno(EINVAL));
    EXPECT_THAT(write(fd, &byte, 1), SyscallFailsWithErrno(EBADF));
    EXPECT_THAT(flock(fd, LOCK_SH), SyscallFailsWithErrno(EBADF));
    EXPECT_THAT(fcntl(fd, F_SETFL, O_APPEND), SyscallFailsWithErrno(EBADF));
    EXPECT_THAT(fchmod(fd, 0644), SyscallFailsWithErrno(EBADF));
    EXPECT_THAT(fchown(fd, -1, -1), SyscallFailsWithErrno(EBADF));
    EXPECT_THAT(ftruncate(fd, 0), SyscallFailsWithErrno(EBADF));
    EXPECT_THAT(fsync(fd), SyscallFailsWithErrno(EBADF));
    EXPECT_THAT(syncfs(fd), SyscallFailsWithErrno(EBADF));
    EXPECT_THAT(ioctl(fd, FIONREAD, &number), SyscallFailsWithErrno(EBADF));
    EXPECT_THAT(ioctl(fd, FIONBIO, &number), SyscallFailsWithErrno(EBADF));
    EXPECT_THAT(ioctl(fd, FIOCLEX), SyscallFailsWithErrno(EBADF));
    EXPECT_EQ(mmap(nullptr, 1, PROT_READ, MAP_SHARED, fd, 0), MAP_FAILED);
    EXPECT_EQ(errno, EBADF);
    EXPECT_THAT(fcntl(fd, F_GETFD), SyscallSucceedsWithValue(FD_CLOEXEC));
  }
}

TEST_F(FileEdges, AnonymousMemoryNeedsNoDescriptor) {
  const Fd path = Open(P("f"), O_PATH), directory = Open(dir(), O_RDONLY);
  for (int fd : {path.get(), directory.get()}) {
    void* start = mmap(nullptr, 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, fd, 0);
    EXPECT_NE(start, MAP_FAILED);
    munmap(start, 1);
  }
}

TEST_F(FileEdges, CopiesFromAndToDirectories) {
  const Fd directory = Open(dir(), O_RDONLY);
  const Pipe pipe;
  EXPECT_THAT(sendfile(fd(), directory.get(), nullptr, 1), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(sendfile(directory.get(), fd(), nullptr, 1), SyscallFailsWithErrno(EBADF));
  EXPECT_THAT(splice(directory.get(), nullptr, pipe.writer(), nullptr, 1, 0),
              SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(copy_file_range(directory.get(), nullptr, fd(), nullptr, 1, 0),
              SyscallFailsWithErrno(EISDIR));
  off_t far = INT64_MAX;
  EXPECT_THAT(copy_file_range(fd(), &far, fd(), nullptr, 1, 0), SyscallSucceedsWithValue(0));
}

}  // namespace
}  // namespace guest
