// The errors of paths, as the kernel orders them.
#include <sys/syscall.h>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

class PathErrno : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    ASSERT_THAT(mkdir(P("d").c_str(), 0755), SyscallSucceeds());
    Put(P("f"), "file");
    Put(P("d/f"), "inner");
  }
};

TEST_F(PathErrno, NameTooLong) {
  const std::string longest = P(std::string(255, 'n'));
  const std::string name = P(std::string(256, 'n'));
  Put(longest, "fits");
  EXPECT_EQ(Get(longest), "fits");
  struct stat st;
  EXPECT_THAT(stat(name.c_str(), &st), SyscallFailsWithErrno(ENAMETOOLONG));
  EXPECT_THAT(open(name.c_str(), O_RDWR | O_CREAT, 0600), SyscallFailsWithErrno(ENAMETOOLONG));
  EXPECT_THAT(mkdir(name.c_str(), 0700), SyscallFailsWithErrno(ENAMETOOLONG));
  EXPECT_THAT(rename(longest.c_str(), name.c_str()), SyscallFailsWithErrno(ENAMETOOLONG));
  EXPECT_THAT(stat((name + "/x").c_str(), &st), SyscallFailsWithErrno(ENAMETOOLONG));
}

TEST_F(PathErrno, PathTooLong) {
  std::string path = dir();
  while (path.size() < 4094) path += "/.";
  path.resize(4095, '/');
  struct stat st;
  EXPECT_THAT(stat(path.c_str(), &st), SyscallSucceeds()) << "4095 bytes and the NUL fit";
  path += "/";
  EXPECT_THAT(stat(path.c_str(), &st), SyscallFailsWithErrno(ENAMETOOLONG));
  EXPECT_THAT(chdir(std::string(100000, '/').c_str()), SyscallFailsWithErrno(ENAMETOOLONG));
}

TEST_F(PathErrno, NotADirectory) {
  struct stat st;
  EXPECT_THAT(stat(P("f/x").c_str(), &st), SyscallFailsWithErrno(ENOTDIR));
  EXPECT_THAT(stat(P("f/..").c_str(), &st), SyscallFailsWithErrno(ENOTDIR));
  EXPECT_THAT(open(P("f").c_str(), O_RDONLY | O_DIRECTORY), SyscallFailsWithErrno(ENOTDIR));
  EXPECT_THAT(chdir(P("f").c_str()), SyscallFailsWithErrno(ENOTDIR));
  EXPECT_THAT(rmdir(P("f").c_str()), SyscallFailsWithErrno(ENOTDIR));
  EXPECT_THAT(mkdir(P("f/x").c_str(), 0700), SyscallFailsWithErrno(ENOTDIR));
  EXPECT_THAT(rename(P("d").c_str(), P("f").c_str()), SyscallFailsWithErrno(ENOTDIR));
  const Fd file = Open(P("f"), O_RDONLY);
  EXPECT_THAT(openat(file.get(), "x", O_RDONLY), SyscallFailsWithErrno(ENOTDIR));
  EXPECT_THAT(fchdir(file.get()), SyscallFailsWithErrno(ENOTDIR));
}

TEST_F(PathErrno, IsADirectory) {
  EXPECT_THAT(open(P("d").c_str(), O_WRONLY), SyscallFailsWithErrno(EISDIR));
  EXPECT_THAT(open(P("d").c_str(), O_RDONLY | O_CREAT, 0600), SyscallFailsWithErrno(EISDIR));
  EXPECT_THAT(unlink(P("d").c_str()), SyscallFailsWithErrno(EISDIR));
  EXPECT_THAT(rename(P("f").c_str(), P("d").c_str()), SyscallFailsWithErrno(EISDIR));
  EXPECT_THAT(truncate(P("d").c_str(), 0), SyscallFailsWithErrno(EISDIR));
  EXPECT_THAT(link(P("d").c_str(), P("x").c_str()), SyscallFailsWithErrno(EPERM));
}

TEST_F(PathErrno, Missing) {
  struct stat st;
  char buffer[8];
  EXPECT_THAT(stat(P("none").c_str(), &st), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(stat(P("none/x").c_str(), &st), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(open(P("none/x").c_str(), O_CREAT | O_RDWR, 0600), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(unlink(P("none").c_str()), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(rmdir(P("none").c_str()), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(rename(P("none").c_str(), P("x").c_str()), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(link(P("none").c_str(), P("x").c_str()), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(chmod(P("none").c_str(), 0600), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(readlink(P("none").c_str(), buffer, sizeof(buffer)), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(truncate(P("none").c_str(), 0), SyscallFailsWithErrno(ENOENT));
}

TEST_F(PathErrno, Exists) {
  EXPECT_THAT(mkdir(P("d").c_str(), 0700), SyscallFailsWithErrno(EEXIST));
  EXPECT_THAT(mkdir(P("f").c_str(), 0700), SyscallFailsWithErrno(EEXIST));
  EXPECT_THAT(symlink("x", P("f").c_str()), SyscallFailsWithErrno(EEXIST));
  EXPECT_THAT(link(P("f").c_str(), P("d/f").c_str()), SyscallFailsWithErrno(EEXIST));
  EXPECT_THAT(mkfifo(P("f").c_str(), 0600), SyscallFailsWithErrno(EEXIST));
  EXPECT_THAT(open(P("f").c_str(), O_CREAT | O_EXCL, 0600), SyscallFailsWithErrno(EEXIST));
  EXPECT_THAT(open(P("d").c_str(), O_CREAT | O_EXCL, 0600), SyscallFailsWithErrno(EEXIST));
}

TEST_F(PathErrno, NotEmpty) {
  EXPECT_THAT(rmdir(P("d").c_str()), SyscallFailsWithErrno(ENOTEMPTY));
  ASSERT_THAT(mkdir(P("e").c_str(), 0755), SyscallSucceeds());
  EXPECT_THAT(rename(P("e").c_str(), P("d").c_str()), SyscallFailsWithErrno(ENOTEMPTY));
  EXPECT_THAT(unlink(P("d/f").c_str()), SyscallSucceeds());
  EXPECT_THAT(rename(P("e").c_str(), P("d").c_str()), SyscallSucceeds());
  EXPECT_THAT(rmdir(P("d").c_str()), SyscallSucceeds());
}

TEST_F(PathErrno, IntoItself) {
  ASSERT_THAT(mkdir(P("d/e").c_str(), 0755), SyscallSucceeds());
  EXPECT_THAT(rename(P("d").c_str(), P("d/e/x").c_str()), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(rename(P("d/e").c_str(), P("d").c_str()), SyscallFailsWithErrno(ENOTEMPTY));
  EXPECT_THAT(rename(P("d").c_str(), P("d").c_str()), SyscallSucceeds());
}

TEST_F(PathErrno, AcrossFileSystems) {
  const std::string there = "/tmp/guest-never-" + std::to_string(getpid());
  EXPECT_THAT(rename(P("f").c_str(), there.c_str()), SyscallFailsWithErrno(EXDEV));
  EXPECT_THAT(link(P("f").c_str(), there.c_str()), SyscallFailsWithErrno(EXDEV));
  EXPECT_THAT(rename("/proc/version", P("x").c_str()), SyscallFailsWithErrno(EXDEV));
  EXPECT_THAT(link("/proc/version", P("x").c_str()), SyscallFailsWithErrno(EXDEV));
}

TEST_F(PathErrno, BadPointers) {
  void* const bad = BadAddress();
  struct stat st;
  EXPECT_THAT(syscall(SYS_stat, bad, &st), SyscallFailsWithErrno(EFAULT));
  EXPECT_THAT(syscall(SYS_stat, P("f").c_str(), bad), SyscallFailsWithErrno(EFAULT));
  EXPECT_THAT(syscall(SYS_stat, P("none").c_str(), bad), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(syscall(SYS_openat, AT_FDCWD, bad, O_RDONLY), SyscallFailsWithErrno(EFAULT));
  EXPECT_THAT(syscall(SYS_mkdir, nullptr, 0700), SyscallFailsWithErrno(EFAULT));
  EXPECT_THAT(syscall(SYS_rename, P("f").c_str(), bad), SyscallFailsWithErrno(EFAULT));
  EXPECT_THAT(syscall(SYS_readlink, bad, &st, 8), SyscallFailsWithErrno(EFAULT));
  EXPECT_THAT(syscall(SYS_chdir, bad), SyscallFailsWithErrno(EFAULT));
  EXPECT_EQ(Get(P("f")), "file");
}

TEST_F(PathErrno, BadDescriptors) {
  struct stat st;
  EXPECT_THAT(fstat(-1, &st), SyscallFailsWithErrno(EBADF));
  EXPECT_THAT(openat(777, "x", O_RDONLY), SyscallFailsWithErrno(EBADF));
  EXPECT_TRUE(Fd(openat(777, P("f").c_str(), O_RDONLY)).ok())
      << "an absolute path needs no directory";
  EXPECT_THAT(mkdirat(-5, "x", 0700), SyscallFailsWithErrno(EBADF));
  EXPECT_THAT(fchdir(777), SyscallFailsWithErrno(EBADF));
  EXPECT_THAT(renameat(777, "x", 777, "y"), SyscallFailsWithErrno(EBADF));
}

TEST_F(PathErrno, BadFlags) {
  struct stat st;
  EXPECT_THAT(fstatat(AT_FDCWD, P("f").c_str(), &st, 0x40000000), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(unlinkat(AT_FDCWD, P("f").c_str(), 0x40000000), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(linkat(AT_FDCWD, P("f").c_str(), AT_FDCWD, P("x").c_str(), 0x40000000),
              SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(access(P("f").c_str(), 0xff), SyscallFailsWithErrno(EINVAL));
  char buffer[8];
  EXPECT_THAT(readlink(P("f").c_str(), buffer, sizeof(buffer)), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(syscall(SYS_readlink, P("f").c_str(), buffer, 0), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(syscall(SYS_renameat2, AT_FDCWD, P("f").c_str(), AT_FDCWD, P("x").c_str(), 0x40),
              SyscallFailsWithErrno(EINVAL));
}

// In a view it is a mount point.
TEST_F(PathErrno, TheDirectoryOfTheTest) {
  EXPECT_THAT(unlink(dir().c_str()), SyscallFailsWithErrno(EISDIR));
  EXPECT_THAT(rename(dir().c_str(), dir().c_str()), SyscallSucceeds());
  EXPECT_THAT(syscall(SYS_renameat2, AT_FDCWD, dir().c_str(), AT_FDCWD, dir().c_str(), RENAME_NOREPLACE),
              SyscallFailsWithErrno(EEXIST));
  if (geteuid() == 0 || KernelAtLeast(5, 9)) {
    EXPECT_THAT(umount2(P("none").c_str(), 0), SyscallFailsWithErrno(ENOENT));
    EXPECT_THAT(umount2("/nonexistent/directory", 0), SyscallFailsWithErrno(ENOENT));
  }
}

// Through the directory of the test, and out of it again.
TEST_F(PathErrno, SlashBehindANewNameOutside) {
  TempDir outside;
  const std::string name = P("../") + outside.path().substr(outside.path().rfind('/') + 1) + "/new";
  EXPECT_THAT(symlink("x", (name + "/").c_str()), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(open((name + "/").c_str(), O_CREAT | O_WRONLY, 0600), SyscallFailsWithErrno(EISDIR));
  EXPECT_THAT(access(name.c_str(), F_OK), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(mkdir((name + "/").c_str(), 0700), SyscallSucceeds());
}

}  // namespace
}  // namespace guest
