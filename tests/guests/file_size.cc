// What makes a file longer or shorter, and holes.
#include <linux/falloc.h>
#include <sys/resource.h>
#include <csignal>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

class FileSize : public FsTest {
 protected:
  off_t Size(const std::string& name) { return Stat(P(name)).st_size; }
};

TEST_F(FileSize, TruncateCutsAndExtends) {
  Put(P("f"), "0123456789");
  ASSERT_THAT(truncate(P("f").c_str(), 4), SyscallSucceeds());
  EXPECT_EQ(Get(P("f")), "0123");
  ASSERT_THAT(truncate(P("f").c_str(), 8), SyscallSucceeds());
  EXPECT_EQ(Get(P("f")), std::string("0123\0\0\0\0", 8)) << "not what was there before";
  EXPECT_THAT(truncate(P("f").c_str(), -1), SyscallFailsWithErrno(EINVAL));
}

TEST_F(FileSize, FtruncateNeedsAWritableDescriptor) {
  Put(P("f"), "0123456789");
  const Fd reader = Open(P("f"), O_RDONLY);
  const Fd writer = Open(P("f"), O_RDWR);
  EXPECT_THAT(ftruncate(reader.get(), 1), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(ftruncate(writer.get(), 3), SyscallSucceeds());
  EXPECT_EQ(ReadAll(reader.get()), "012");
  EXPECT_THAT(lseek(writer.get(), 0, SEEK_CUR), SyscallSucceedsWithValue(0));
}

TEST_F(FileSize, OpenFlags) {
  Put(P("f"), "old");
  EXPECT_EQ(Stat(Open(P("f"), O_RDWR).get()).st_size, 3);
  EXPECT_EQ(Stat(Open(P("f"), O_RDWR | O_TRUNC).get()).st_size, 0);
  EXPECT_THAT(open(P("f").c_str(), O_RDWR | O_CREAT | O_EXCL, 0600), SyscallFailsWithErrno(EEXIST));
  EXPECT_TRUE(Open(P("f"), O_RDWR | O_CREAT).ok());
  EXPECT_THAT(open(P("f").c_str(), O_RDONLY | O_TMPFILE, 0600), SyscallFailsWithErrno(EINVAL));
}

TEST_F(FileSize, WriteBeyondTheEndLeavesZeros) {
  const Fd fd = Open(P("f"), O_RDWR | O_CREAT);
  ASSERT_THAT(lseek(fd.get(), 5, SEEK_SET), SyscallSucceedsWithValue(5));
  EXPECT_EQ(Size("f"), 0) << "a seek alone changes nothing";
  ASSERT_THAT(write(fd.get(), "x", 1), SyscallSucceedsWithValue(1));
  EXPECT_EQ(Get(P("f")), std::string("\0\0\0\0\0x", 6));
}

TEST_F(FileSize, WriteOfNothingChangesNothing) {
  const Fd fd = Open(P("f"), O_RDWR | O_CREAT);
  EXPECT_THAT(pwrite(fd.get(), "", 0, 100), SyscallSucceedsWithValue(0));
  EXPECT_EQ(Size("f"), 0);
}

TEST_F(FileSize, SparseFileTakesNoRoom) {
  const Fd fd = Open(P("f"), O_RDWR | O_CREAT);
  const off_t far = off_t{1} << 32;
  ASSERT_THAT(pwrite(fd.get(), "end", 3, far), SyscallSucceedsWithValue(3));
  EXPECT_EQ(Size("f"), far + 3);
  EXPECT_LT(Stat(P("f")).st_blocks, 10000);
  char text[4] = "";
  EXPECT_THAT(pread(fd.get(), text, 3, far), SyscallSucceedsWithValue(3));
  EXPECT_STREQ(text, "end");
  char zero = 'x';
  EXPECT_THAT(pread(fd.get(), &zero, 1, far / 2), SyscallSucceedsWithValue(1));
  EXPECT_EQ(zero, 0);
}

// What was written is never reported as a hole, read before or not.
TEST_F(FileSize, HolesAndData) {
  constexpr off_t kMiB = 1 << 20;
  const Fd fd = Open(P("f"), O_RDWR | O_CREAT);
  ASSERT_THAT(ftruncate(fd.get(), 3 * kMiB), SyscallSucceeds());
  const std::string block(kMiB, 'd');
  ASSERT_THAT(pwrite(fd.get(), block.data(), kMiB, kMiB), SyscallSucceedsWithValue(kMiB));
  const Fd again = Open(P("f"), O_RDONLY);
  EXPECT_THAT(lseek(again.get(), kMiB, SEEK_DATA), SyscallSucceedsWithValue(kMiB));
  EXPECT_THAT(lseek(again.get(), kMiB + 5000, SEEK_DATA), SyscallSucceedsWithValue(kMiB + 5000));
  EXPECT_GE(lseek(again.get(), kMiB, SEEK_HOLE), 2 * kMiB);
  EXPECT_LE(lseek(again.get(), 0, SEEK_DATA), kMiB);
  EXPECT_THAT(lseek(again.get(), 3 * kMiB, SEEK_DATA), SyscallFailsWithErrno(ENXIO));
  EXPECT_THAT(lseek(again.get(), 3 * kMiB, SEEK_HOLE), SyscallFailsWithErrno(ENXIO));
}

TEST_F(FileSize, Fallocate) {
  const Fd fd = Open(P("f"), O_RDWR | O_CREAT);
  ASSERT_THAT(write(fd.get(), "0123456789", 10), SyscallSucceedsWithValue(10));
  ASSERT_THAT(fallocate(fd.get(), 0, 0, 100), SyscallSucceeds());
  EXPECT_EQ(Size("f"), 100);
  ASSERT_THAT(fallocate(fd.get(), FALLOC_FL_KEEP_SIZE, 0, 1000), SyscallSucceeds());
  EXPECT_EQ(Size("f"), 100);
  ASSERT_THAT(fallocate(fd.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2, 3),
              SyscallSucceeds());
  EXPECT_EQ(Get(P("f")).substr(0, 10), std::string("01\0\0\0"
                                                   "56789",
                                                   10));
  EXPECT_THAT(fallocate(fd.get(), 0, 0, 0), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(fallocate(fd.get(), 0, -1, 1), SyscallFailsWithErrno(EINVAL));
  const Fd reader = Open(P("f"), O_RDONLY);
  EXPECT_THAT(fallocate(reader.get(), 0, 0, 1), SyscallFailsWithErrno(EBADF));
  Pipe pipe;
  EXPECT_THAT(fallocate(pipe.writer(), 0, 0, 1), SyscallFailsWithErrno(ESPIPE));
}

TEST_F(FileSize, LimitCutsAWriteAndThenFails) {
  PassesInChild([&] {
    signal(SIGXFSZ, SIG_IGN);
    const struct rlimit limit = {1000, 1000};
    const Fd fd = Open(P("f"), O_RDWR | O_CREAT);
    ASSERT_THAT(setrlimit(RLIMIT_FSIZE, &limit), SyscallSucceeds());
    const std::string text(2000, 'x');
    EXPECT_THAT(write(fd.get(), text.data(), text.size()), SyscallSucceedsWithValue(1000));
    EXPECT_THAT(write(fd.get(), text.data(), text.size()), SyscallFailsWithErrno(EFBIG));
    EXPECT_THAT(ftruncate(fd.get(), 1001), SyscallFailsWithErrno(EFBIG));
    EXPECT_THAT(truncate(P("f").c_str(), 1001), SyscallFailsWithErrno(EFBIG));
    EXPECT_THAT(fallocate(fd.get(), 0, 0, 1001), SyscallFailsWithErrno(EFBIG));
    EXPECT_THAT(fallocate(fd.get(), FALLOC_FL_KEEP_SIZE, 0, 1001), SyscallFailsWithErrno(EFBIG));
    EXPECT_EQ(Size("f"), 1000);
  });
}

TEST_F(FileSize, LimitDoesNotKeepALargerFileFromShrinking) {
  PassesInChild([&] {
    signal(SIGXFSZ, SIG_IGN);
    Put(P("f"), std::string(2000, 'x'));
    const Fd fd = Open(P("f"), O_RDWR);
    const struct rlimit limit = {10, 10};
    ASSERT_THAT(setrlimit(RLIMIT_FSIZE, &limit), SyscallSucceeds());
    EXPECT_THAT(ftruncate(fd.get(), 1500), SyscallSucceeds());
    EXPECT_THAT(truncate(P("f").c_str(), 1000), SyscallSucceeds());
    EXPECT_THAT(ftruncate(fd.get(), 1001), SyscallFailsWithErrno(EFBIG));
    EXPECT_EQ(Size("f"), 1000);
  });
}

TEST_F(FileSize, LimitSendsSigxfsz) {
  const int status = ForkAndWait([&] {
    signal(SIGXFSZ, SIG_DFL);
    const struct rlimit limit = {10, 10};
    setrlimit(RLIMIT_FSIZE, &limit);
    const Fd fd = Open(P("f"), O_RDWR | O_CREAT);
    if (write(fd.get(), "0123456789", 10) != 10) _exit(99);
    if (write(fd.get(), "x", 1) != 1) _exit(98);
  });
  EXPECT_TRUE(KilledBy(status, SIGXFSZ)) << status;
  EXPECT_EQ(Size("f"), 10);
}

}  // namespace
}  // namespace guest
