// Copies made by the kernel: sendfile, splice, copy_file_range.
#include <sys/sendfile.h>
#include <sys/socket.h>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

constexpr ssize_t kSize = 100000;

class FileCopy : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    for (ssize_t i = 0; i < kSize; ++i) data_ += static_cast<char>('a' + i % 26);
    Put(P("from"), data_);
    from_ = Open(P("from"), O_RDONLY);
    to_ = Open(P("to"), O_RDWR | O_CREAT);
  }
  int from() const { return from_.get(); }
  int to() const { return to_.get(); }
  const std::string& data() const { return data_; }

 private:
  std::string data_;
  Fd from_;
  Fd to_;
};

TEST_F(FileCopy, SendfileToAFile) {
  EXPECT_THAT(sendfile(to(), from(), nullptr, kSize + 10), SyscallSucceedsWithValue(kSize));
  EXPECT_TRUE(Get(P("to")) == data());
  EXPECT_THAT(lseek(from(), 0, SEEK_CUR), SyscallSucceedsWithValue(kSize));
  EXPECT_THAT(sendfile(to(), from(), nullptr, 10), SyscallSucceedsWithValue(0));
}

TEST_F(FileCopy, SendfileToASocketAtAnOffset) {
  int ends[2];
  ASSERT_THAT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), SyscallSucceeds());
  const Fd in(ends[0]);
  Fd out(ends[1]);
  off_t offset = 5;
  EXPECT_THAT(sendfile(out.get(), from(), &offset, 1000), SyscallSucceedsWithValue(1000));
  EXPECT_EQ(offset, 1005);
  EXPECT_THAT(lseek(from(), 0, SEEK_CUR), SyscallSucceedsWithValue(0));
  out.Close();
  EXPECT_EQ(ReadAll(in.get()), data().substr(5, 1000));
}

TEST_F(FileCopy, SpliceThroughAPipe) {
  Pipe pipe;
  EXPECT_THAT(splice(from(), nullptr, pipe.writer(), nullptr, 5000, 0),
              SyscallSucceedsWithValue(5000));
  off_t at = 3;
  EXPECT_THAT(splice(pipe.reader(), nullptr, to(), &at, 5000, 0), SyscallSucceedsWithValue(5000));
  EXPECT_EQ(at, 5003);
  EXPECT_EQ(Get(P("to")), std::string(3, '\0') + data().substr(0, 5000));
  EXPECT_THAT(splice(from(), nullptr, to(), nullptr, 10, 0), SyscallFailsWithErrno(EINVAL))
      << "neither is a pipe";
}

TEST_F(FileCopy, TeeThenSplice) {
  Pipe first;
  Pipe second;
  ASSERT_THAT(splice(from(), nullptr, first.writer(), nullptr, 100, 0),
              SyscallSucceedsWithValue(100));
  ASSERT_THAT(tee(first.reader(), second.writer(), 100, 0), SyscallSucceedsWithValue(100));
  ASSERT_THAT(splice(second.reader(), nullptr, to(), nullptr, 100, 0),
              SyscallSucceedsWithValue(100));
  EXPECT_EQ(Get(P("to")), data().substr(0, 100));
}

TEST_F(FileCopy, CopyFileRange) {
  off_t in = 10;
  off_t out = 2;
  EXPECT_THAT(copy_file_range(from(), &in, to(), &out, 50, 0), SyscallSucceedsWithValue(50));
  EXPECT_EQ(in, 60);
  EXPECT_EQ(out, 52);
  EXPECT_EQ(Get(P("to")), std::string(2, '\0') + data().substr(10, 50));
  EXPECT_THAT(copy_file_range(from(), nullptr, to(), nullptr, 2 * kSize, 0),
              SyscallSucceedsWithValue(kSize));
  EXPECT_TRUE(Get(P("to")) == data());
}

TEST_F(FileCopy, CopyFileRangeErrors) {
  const Fd both = Open(P("from"), O_RDWR);
  off_t in = 0;
  off_t out = 10;
  EXPECT_THAT(copy_file_range(both.get(), &in, both.get(), &out, 50, 0),
              SyscallFailsWithErrno(EINVAL))
      << "overlap";
  EXPECT_THAT(copy_file_range(from(), &in, to(), &out, 50, 1), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(copy_file_range(to(), &in, from(), &out, 50, 0), SyscallFailsWithErrno(EBADF));
  const Fd directory = Open(dir(), O_RDONLY);
  EXPECT_THAT(copy_file_range(directory.get(), &in, to(), &out, 50, 0),
              SyscallFailsWithErrno(EISDIR));
}

TEST_F(FileCopy, BetweenThisFileSystemAndAnother) {
  TempDir real;
  const std::string there = real.path() + "/there";
  const Fd real_file = Open(there, O_RDWR | O_CREAT);
  EXPECT_THAT(sendfile(real_file.get(), from(), nullptr, kSize), SyscallSucceedsWithValue(kSize));
  EXPECT_TRUE(Get(there) == data());
  ASSERT_THAT(lseek(real_file.get(), 0, SEEK_SET), SyscallSucceedsWithValue(0));
  EXPECT_THAT(sendfile(to(), real_file.get(), nullptr, kSize), SyscallSucceedsWithValue(kSize));
  EXPECT_TRUE(Get(P("to")) == data());
}

TEST_F(FileCopy, CopyFileRangeStaysOnOneFileSystem) {
  const std::string elsewhere = "/tmp/copy." + std::to_string(getpid());
  const Fd other = Open(elsewhere, O_RDWR | O_CREAT);
  ASSERT_THAT(unlink(elsewhere.c_str()), SyscallSucceeds());
  EXPECT_THAT(copy_file_range(from(), nullptr, other.get(), nullptr, kSize, 0), SyscallFailsWithErrno(EXDEV));
  EXPECT_THAT(copy_file_range(other.get(), nullptr, to(), nullptr, kSize, 0), SyscallFailsWithErrno(EXDEV));
  off_t beyond = INT64_MAX;
  EXPECT_THAT(copy_file_range(from(), &beyond, other.get(), nullptr, kSize, 0), SyscallFailsWithErrno(EXDEV))
      << "before the offsets are looked at";
}

}  // namespace
}  // namespace guest
