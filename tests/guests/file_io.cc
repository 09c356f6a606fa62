// Reading and writing, in all its forms.
#include <sys/uio.h>
#include <climits>
#include <vector>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"
#include "tests/guests/open_file.h"

namespace guest {
namespace {

class FileIo : public OpenFileTest {
 protected:
  FileIo() : OpenFileTest("0123456789") {}
};

TEST_F(FileIo, ShortReadsAtTheEnd) {
  char buffer[100];
  EXPECT_THAT(read(fd(), buffer, 7), SyscallSucceedsWithValue(7));
  EXPECT_THAT(read(fd(), buffer, 100), SyscallSucceedsWithValue(3));
  EXPECT_THAT(read(fd(), buffer, 100), SyscallSucceedsWithValue(0));
  EXPECT_THAT(lseek(fd(), 0, SEEK_CUR), SyscallSucceedsWithValue(10));
  EXPECT_THAT(read(fd(), buffer, 0), SyscallSucceedsWithValue(0));
  EXPECT_THAT(pread(fd(), buffer, 10, 1000), SyscallSucceedsWithValue(0));
}

TEST_F(FileIo, SeeksAndTheirErrors) {
  EXPECT_THAT(lseek(fd(), -3, SEEK_END), SyscallSucceedsWithValue(7));
  EXPECT_THAT(lseek(fd(), -2, SEEK_CUR), SyscallSucceedsWithValue(5));
  EXPECT_THAT(lseek(fd(), -1, SEEK_SET), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(lseek(fd(), -6, SEEK_CUR), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(lseek(fd(), 0, 77), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(lseek(fd(), 0, SEEK_CUR), SyscallSucceedsWithValue(5));
  EXPECT_EQ(ReadAll(fd()), "56789");
}

TEST_F(FileIo, PreadAndPwriteLeaveTheOffset) {
  char two[3] = "";
  EXPECT_THAT(pread(fd(), two, 2, 4), SyscallSucceedsWithValue(2));
  EXPECT_STREQ(two, "45");
  EXPECT_THAT(pwrite(fd(), "XY", 2, 8), SyscallSucceedsWithValue(2));
  EXPECT_EQ(ReadAll(fd()), "01234567XY");
  EXPECT_THAT(pread(fd(), two, 2, -1), SyscallFailsWithErrno(EINVAL));
  Pipe pipe;
  EXPECT_THAT(pwrite(pipe.writer(), "x", 1, 0), SyscallFailsWithErrno(ESPIPE));
}

TEST_F(FileIo, Vectors) {
  char a[4] = "", b[4] = "";
  struct iovec in[] = {{a, 3}, {b, 3}};
  EXPECT_THAT(readv(fd(), in, 2), SyscallSucceedsWithValue(6));
  EXPECT_EQ(std::string(a) + b, "012345");
  char x[] = "ab", y[] = "cd";
  struct iovec out[] = {{x, 2}, {nullptr, 0}, {y, 2}};
  EXPECT_THAT(writev(fd(), out, 3), SyscallSucceedsWithValue(4));
  EXPECT_THAT(preadv(fd(), in, 2, 5), SyscallSucceedsWithValue(5));
  EXPECT_EQ(std::string(a, 3) + std::string(b, 2), "5abcd");
  EXPECT_THAT(pwritev(fd(), out, 3, 0), SyscallSucceedsWithValue(4));
  EXPECT_EQ(Get(P("f")), "abcd45abcd");
  const std::vector<struct iovec> too_many(IOV_MAX + 1);
  EXPECT_THAT(readv(fd(), in, 0), SyscallSucceedsWithValue(0));
  EXPECT_THAT(readv(fd(), too_many.data(), IOV_MAX + 1), SyscallFailsWithErrno(EINVAL));
}

TEST_F(FileIo, Preadv2Pwritev2) {
  char a[3] = "";
  struct iovec in = {a, 2};
  EXPECT_THAT(preadv2(fd(), &in, 1, 4, 0), SyscallSucceedsWithValue(2));
  EXPECT_STREQ(a, "45");
  EXPECT_THAT(preadv2(fd(), &in, 1, -1, 0), SyscallSucceedsWithValue(2)) << "at the offset";
  EXPECT_THAT(lseek(fd(), 0, SEEK_CUR), SyscallSucceedsWithValue(2));
  char end[] = "end";
  struct iovec out = {end, 3};
  EXPECT_THAT(pwritev2(fd(), &out, 1, 0, RWF_APPEND), SyscallSucceedsWithValue(3));
  EXPECT_EQ(Get(P("f")), "0123456789end");
  EXPECT_THAT(preadv2(fd(), &in, 1, 0, 0x40000000), SyscallFailsWithErrno(EOPNOTSUPP));
}

TEST_F(FileIo, AccessModeIsKept) {
  char byte;
  const Fd reader = Open(P("f"), O_RDONLY);
  const Fd writer = Open(P("f"), O_WRONLY);
  EXPECT_THAT(write(reader.get(), "x", 1), SyscallFailsWithErrno(EBADF));
  EXPECT_THAT(read(writer.get(), &byte, 1), SyscallFailsWithErrno(EBADF));
  EXPECT_EQ(fcntl(reader.get(), F_GETFL) & O_ACCMODE, O_RDONLY);
  EXPECT_EQ(fcntl(writer.get(), F_GETFL) & O_ACCMODE, O_WRONLY);
  const Fd directory = Open(dir(), O_RDONLY);
  EXPECT_THAT(read(directory.get(), &byte, 1), SyscallFailsWithErrno(EISDIR));
  EXPECT_THAT(write(directory.get(), "x", 1), SyscallFailsWithErrno(EBADF));
}

TEST_F(FileIo, AppendGoesToTheEnd) {
  const Fd log = Open(P("f"), O_RDWR | O_APPEND);
  EXPECT_THAT(lseek(log.get(), 0, SEEK_SET), SyscallSucceedsWithValue(0));
  EXPECT_THAT(write(log.get(), "end", 3), SyscallSucceedsWithValue(3));
  EXPECT_THAT(lseek(log.get(), 0, SEEK_CUR), SyscallSucceedsWithValue(13));
  EXPECT_THAT(pwrite(log.get(), "!", 1, 0), SyscallSucceedsWithValue(1)) << "pwrite too, on Linux";
  EXPECT_EQ(Get(P("f")), "0123456789end!");
  ASSERT_THAT(fcntl(log.get(), F_SETFL, 0), SyscallSucceeds());
  EXPECT_THAT(pwrite(log.get(), "A", 1, 0), SyscallSucceedsWithValue(1));
  EXPECT_EQ(Get(P("f")), "A123456789end!");
}

TEST_F(FileIo, TwoProcessesAppendWholeRecords) {
  constexpr int kRecords = 500;
  const auto append = [&](char mark) {
    const Fd log = Open(P("log"), O_WRONLY | O_CREAT | O_APPEND);
    const std::string record = std::string(99, mark) + "\n";
    for (int i = 0; i < kRecords; ++i) {
      ASSERT_THAT(write(log.get(), record.data(), record.size()), SyscallSucceedsWithValue(100));
    }
  };
  const pid_t child = Fork([&] { append('c'); });
  append('p');
  EXPECT_EQ(WaitFor(child), 0);
  const std::string log = Get(P("log"));
  ASSERT_EQ(log.size(), 2u * kRecords * 100);
  int of_child = 0;
  for (size_t at = 0; at < log.size(); at += 100) {
    ASSERT_EQ(log.substr(at, 100), std::string(99, log[at]) + "\n") << at;
    of_child += log[at] == 'c';
  }
  EXPECT_EQ(of_child, kRecords);
}

TEST_F(FileIo, BadAddresses) {
  void* const bad = BadAddress();
  EXPECT_THAT(read(fd(), bad, 5), SyscallFailsWithErrno(EFAULT));
  EXPECT_THAT(write(fd(), bad, 5), SyscallFailsWithErrno(EFAULT));
  EXPECT_THAT(pread(fd(), bad, 5, 0), SyscallFailsWithErrno(EFAULT));
  struct iovec iov = {bad, 5};
  EXPECT_THAT(readv(fd(), &iov, 1), SyscallFailsWithErrno(EFAULT));
  EXPECT_THAT(writev(fd(), static_cast<struct iovec*>(bad), 1), SyscallFailsWithErrno(EFAULT));
  EXPECT_THAT(lseek(fd(), 0, SEEK_CUR), SyscallSucceedsWithValue(0)) << "nothing has moved";
  EXPECT_EQ(Get(P("f")), "0123456789");
}

TEST_F(FileIo, ManyBlocksReadBackTheSame) {
  std::vector<uint32_t> words(1 << 20);
  for (size_t i = 0; i < words.size(); ++i) words[i] = static_cast<uint32_t>(i * 2654435761u);
  const std::string data(reinterpret_cast<char*>(words.data()), words.size() * sizeof(words[0]));
  Put(P("big"), data);
  EXPECT_TRUE(Get(P("big")) == data);
  const Fd big = Open(P("big"), O_RDONLY);
  std::string middle(100001, '\0');
  ASSERT_THAT(pread(big.get(), middle.data(), middle.size(), 12345),
              SyscallSucceedsWithValue(middle.size()));
  EXPECT_TRUE(middle == data.substr(12345, middle.size()));
}

TEST_F(FileIo, SyncCalls) {
  EXPECT_THAT(fsync(fd()), SyscallSucceeds());
  EXPECT_THAT(fdatasync(fd()), SyscallSucceeds());
  EXPECT_THAT(posix_fadvise(fd(), 0, 0, POSIX_FADV_WILLNEED), SyscallSucceedsWithValue(0));
  EXPECT_THAT(fsync(Open(dir(), O_RDONLY).get()), SyscallSucceeds());
}

}  // namespace
}  // namespace guest
