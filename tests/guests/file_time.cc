// The three times of a file.
#include <sys/syscall.h>
#include <sys/time.h>
#include <ctime>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

constexpr time_t kLongAgo = 1000000000;

class FileTime : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    Put(P("f"), "text");
    ASSERT_THAT(mkdir(P("d").c_str(), 0755), SyscallSucceeds());
    Age("f");
    Age("d");
  }
  int Set(const std::string& name, struct timespec atime, struct timespec mtime, int flags = 0) {
    const struct timespec times[2] = {atime, mtime};
    return utimensat(AT_FDCWD, P(name).c_str(), times, flags);
  }
  // So old that any change shows, without waiting for the clock.
  void Age(const std::string& name) {
    ASSERT_THAT(Set(name, {kLongAgo, 0}, {kLongAgo, 0}), SyscallSucceeds());
  }
  bool Touched(const std::string& name) { return Stat(P(name)).st_mtime != kLongAgo; }
};

TEST_F(FileTime, SetToTheNanosecond) {
  ASSERT_THAT(Set("f", {5, 123456789}, {6, 987654321}), SyscallSucceeds());
  const struct stat st = Stat(P("f"));
  EXPECT_EQ(st.st_atim.tv_sec, 5);
  EXPECT_EQ(st.st_atim.tv_nsec, 123456789);
  EXPECT_EQ(st.st_mtim.tv_sec, 6);
  EXPECT_EQ(st.st_mtim.tv_nsec, 987654321);
  EXPECT_GT(st.st_ctim.tv_sec, kLongAgo) << "the change time can not be set";
}

TEST_F(FileTime, OmitAndNow) {
  ASSERT_THAT(Set("f", {0, UTIME_OMIT}, {7, 0}), SyscallSucceeds());
  EXPECT_EQ(Stat(P("f")).st_atime, kLongAgo);
  EXPECT_EQ(Stat(P("f")).st_mtime, 7);
  ASSERT_THAT(Set("f", {0, UTIME_NOW}, {0, UTIME_OMIT}), SyscallSucceeds());
  EXPECT_GT(Stat(P("f")).st_atime, kLongAgo);
  EXPECT_EQ(Stat(P("f")).st_mtime, 7);
  ASSERT_THAT(utimensat(AT_FDCWD, P("f").c_str(), nullptr, 0), SyscallSucceeds());
  EXPECT_GT(Stat(P("f")).st_mtime, kLongAgo);
  EXPECT_THAT(Set("f", {0, 1000000000}, {0, 0}), SyscallFailsWithErrno(EINVAL));
}

TEST_F(FileTime, BeforeTheEpochAndFarAhead) {
  ASSERT_THAT(Set("f", {-86400, 0}, {4102444800, 0}), SyscallSucceeds());
  EXPECT_EQ(Stat(P("f")).st_atime, -86400);
  EXPECT_EQ(Stat(P("f")).st_mtime, 4102444800);
}

TEST_F(FileTime, OfADescriptorAndOfALink) {
  const Fd fd = Open(P("f"), O_RDONLY);
  const struct timespec times[2] = {{8, 0}, {9, 0}};
  ASSERT_THAT(futimens(fd.get(), times), SyscallSucceeds());
  EXPECT_EQ(Stat(P("f")).st_mtime, 9);
  ASSERT_THAT(symlink("f", P("link").c_str()), SyscallSucceeds());
  ASSERT_THAT(Set("link", {1, 0}, {2, 0}, AT_SYMLINK_NOFOLLOW), SyscallSucceeds());
  struct stat st;
  ASSERT_THAT(lstat(P("link").c_str(), &st), SyscallSucceeds());
  EXPECT_EQ(st.st_mtime, 2);
  EXPECT_EQ(Stat(P("f")).st_mtime, 9);
}

TEST_F(FileTime, OlderCalls) {
  const struct timeval times[2] = {{11, 500000}, {12, 600000}};
  ASSERT_THAT(utimes(P("f").c_str(), times), SyscallSucceeds());
  EXPECT_EQ(Stat(P("f")).st_mtim.tv_nsec, 600000000);
  const long seconds[2] = {13, 14};
  ASSERT_THAT(syscall(SYS_utime, P("f").c_str(), seconds), SyscallSucceeds());
  EXPECT_EQ(Stat(P("f")).st_atime, 13);
  EXPECT_EQ(Stat(P("f")).st_mtime, 14);
}

TEST_F(FileTime, WritingTouchesTheFile) {
  const Fd fd = Open(P("f"), O_RDWR);
  EXPECT_FALSE(Touched("f")) << "opening does not";
  ASSERT_THAT(write(fd.get(), "x", 1), SyscallSucceedsWithValue(1));
  EXPECT_TRUE(Touched("f"));
  Age("f");
  ASSERT_THAT(ftruncate(fd.get(), 2), SyscallSucceeds());
  EXPECT_TRUE(Touched("f"));
  Age("f");
  Open(P("f"), O_RDWR | O_TRUNC);
  EXPECT_TRUE(Touched("f"));
}

TEST_F(FileTime, ChangingNamesTouchesTheDirectory) {
  Put(P("d/x"), "");
  EXPECT_TRUE(Touched("d")) << "create";
  Age("d");
  ASSERT_THAT(rename(P("d/x").c_str(), P("d/y").c_str()), SyscallSucceeds());
  EXPECT_TRUE(Touched("d")) << "rename";
  Age("d");
  ASSERT_THAT(link(P("d/y").c_str(), P("d/z").c_str()), SyscallSucceeds());
  EXPECT_TRUE(Touched("d")) << "link";
  Age("d");
  ASSERT_THAT(unlink(P("d/z").c_str()), SyscallSucceeds());
  EXPECT_TRUE(Touched("d")) << "unlink";
  Age("d");
  Put(P("d/y"), "changed");
  EXPECT_FALSE(Touched("d")) << "a write to a file in it does not";
}

TEST_F(FileTime, ChmodLeavesTheModificationTime) {
  ASSERT_THAT(chmod(P("f").c_str(), 0600), SyscallSucceeds());
  EXPECT_FALSE(Touched("f"));
  EXPECT_GT(Stat(P("f")).st_ctime, kLongAgo);
}

TEST_F(FileTime, WhoMaySetThem) {
  if (geteuid() != 0) GTEST_SKIP() << "needs two users";
  ASSERT_THAT(chmod(P("f").c_str(), 0644), SyscallSucceeds());
  PassesAsPlainUser([&] {
    EXPECT_THAT(Set("f", {1, 0}, {1, 0}), SyscallFailsWithErrno(EPERM));
    EXPECT_THAT(utimensat(AT_FDCWD, P("f").c_str(), nullptr, 0), SyscallFailsWithErrno(EACCES));
  });
  ASSERT_THAT(chmod(P("f").c_str(), 0666), SyscallSucceeds());
  PassesAsPlainUser([&] {
    EXPECT_THAT(utimensat(AT_FDCWD, P("f").c_str(), nullptr, 0), SyscallSucceeds());
    EXPECT_THAT(Set("f", {1, 0}, {1, 0}), SyscallFailsWithErrno(EPERM));
  });
}

}  // namespace
}  // namespace guest
