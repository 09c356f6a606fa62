// Flags and descriptors that the kernel refuses, before it looks at the path; slashes behind names.
#include <linux/fs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

constexpr int kBadFlag = 0x80000;
constexpr int kBadFd = 99;
constexpr int kTmpFileBit = O_TMPFILE & ~O_DIRECTORY;
constexpr int kFchmodat2 = 452;  // newer than the C library's headers

class PathFlags : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    Put(P("f"), "text");
    ASSERT_THAT(mkdir(P("d").c_str(), 0755), SyscallSucceeds());
    ASSERT_THAT(symlink("f", P("l").c_str()), SyscallSucceeds());
    ASSERT_THAT(symlink("none", P("dangling").c_str()), SyscallSucceeds());
  }
  bool Exists(const std::string& name) {
    return faccessat(AT_FDCWD, P(name).c_str(), F_OK, 0) == 0;
  }
  int TryOpen(const std::string& name, int flags) {
    const Fd fd(open(P(name).c_str(), flags, 0644));
    return fd.ok() ? 0 : -1;
  }
};

TEST_F(PathFlags, OpenForThePathOnlyIgnoresTheRest) {
  EXPECT_THAT(TryOpen("new", O_PATH | O_CREAT), SyscallFailsWithErrno(ENOENT));
  EXPECT_FALSE(Exists("new"));
  EXPECT_THAT(TryOpen("f", O_PATH | O_CREAT | O_EXCL), SyscallSucceeds());
  EXPECT_THAT(TryOpen("f", O_PATH | O_TRUNC | O_RDWR), SyscallSucceeds());
  EXPECT_EQ(Get(P("f")), "text");
  EXPECT_THAT(TryOpen("d", O_PATH | O_TMPFILE | O_RDWR), SyscallSucceeds());
}

TEST_F(PathFlags, OpenMakesNoDirectory) {
  if (!KernelAtLeast(6, 4)) GTEST_SKIP() << "an older kernel makes a file and then fails";
  for (const char* name : {"new", "d", "f", "none/new"}) {
    EXPECT_THAT(TryOpen(name, O_CREAT | O_DIRECTORY | O_RDWR), SyscallFailsWithErrno(EINVAL))
        << name;
  }
  EXPECT_FALSE(Exists("new"));
}

TEST_F(PathFlags, OpenOfANamelessFile) {
  EXPECT_THAT(TryOpen("d", kTmpFileBit | O_RDWR), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(TryOpen("none", kTmpFileBit | O_RDWR), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(TryOpen("d", O_TMPFILE), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(TryOpen("none", O_TMPFILE), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(TryOpen("none", O_TMPFILE | O_RDWR), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(TryOpen("f", O_TMPFILE | O_RDWR), SyscallFailsWithErrno(ENOTDIR));
}

TEST_F(PathFlags, ASlashBehindAFileToMake) {
  for (const char* name : {"f/", "new/", "d/", "l/", "dangling/"}) {
    EXPECT_THAT(TryOpen(name, O_CREAT | O_RDWR), SyscallFailsWithErrno(EISDIR)) << name;
    EXPECT_THAT(TryOpen(name, O_CREAT | O_EXCL | O_RDWR), SyscallFailsWithErrno(EISDIR)) << name;
  }
  EXPECT_FALSE(Exists("new"));
  EXPECT_FALSE(Exists("none"));
  for (const char* name : {"f/", "l/", "dangling/", "dangling", "d/"}) {
    EXPECT_THAT(mkdir(P(name).c_str(), 0755), SyscallFailsWithErrno(EEXIST)) << name;
  }
  EXPECT_THAT(mknod(P("f/").c_str(), S_IFREG, 0), SyscallFailsWithErrno(EEXIST));
  EXPECT_THAT(mknod(P("new/").c_str(), S_IFREG, 0), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(symlink("t", P("f/").c_str()), SyscallFailsWithErrno(EEXIST));
  EXPECT_THAT(unlink(P("f/").c_str()), SyscallFailsWithErrno(ENOTDIR));
  EXPECT_THAT(unlink(P("d/").c_str()), SyscallFailsWithErrno(EISDIR));
  EXPECT_THAT(rename(P("f/").c_str(), P("new").c_str()), SyscallFailsWithErrno(ENOTDIR));
  EXPECT_THAT(rename(P("f").c_str(), P("new/").c_str()), SyscallFailsWithErrno(ENOTDIR));
  EXPECT_THAT(link(P("f/").c_str(), P("new").c_str()), SyscallFailsWithErrno(ENOTDIR));
}

TEST_F(PathFlags, UnknownFlagsOfAtCalls) {
  const std::string there = P("f"), none = P("none/none");
  struct stat st;
  struct statx stx;
  for (const char* path : {there.c_str(), none.c_str()}) {
    EXPECT_THAT(fchownat(AT_FDCWD, path, -1, -1, kBadFlag), SyscallFailsWithErrno(EINVAL));
    EXPECT_THAT(utimensat(AT_FDCWD, path, nullptr, kBadFlag), SyscallFailsWithErrno(EINVAL));
    EXPECT_THAT(syscall(SYS_newfstatat, AT_FDCWD, path, &st, kBadFlag),
                SyscallFailsWithErrno(EINVAL));
    EXPECT_THAT(syscall(SYS_statx, AT_FDCWD, path, kBadFlag, STATX_ALL, &stx),
                SyscallFailsWithErrno(EINVAL));
    EXPECT_THAT(syscall(SYS_statx, AT_FDCWD, path, AT_STATX_SYNC_TYPE, STATX_ALL, &stx),
                SyscallFailsWithErrno(EINVAL));
    EXPECT_THAT(unlinkat(AT_FDCWD, path, kBadFlag), SyscallFailsWithErrno(EINVAL));
    EXPECT_THAT(linkat(AT_FDCWD, path, AT_FDCWD, P("new").c_str(), kBadFlag),
                SyscallFailsWithErrno(EINVAL));
    EXPECT_THAT(syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, P("new").c_str(), kBadFlag),
                SyscallFailsWithErrno(EINVAL));
    EXPECT_THAT(syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, P("new").c_str(),
                        RENAME_NOREPLACE | RENAME_EXCHANGE),
                SyscallFailsWithErrno(EINVAL));
    EXPECT_THAT(syscall(SYS_execveat, AT_FDCWD, path, nullptr, nullptr, kBadFlag),
                SyscallFailsWithErrno(EINVAL));
    EXPECT_THAT(setxattr(path, "user.a", "v", 1, 99), SyscallFailsWithErrno(EINVAL));
    EXPECT_THAT(setxattr(path, "", "v", 1, 0), SyscallFailsWithErrno(ERANGE));
    if (KernelAtLeast(5, 8)) {
      EXPECT_THAT(syscall(SYS_faccessat2, AT_FDCWD, path, R_OK, kBadFlag),
                  SyscallFailsWithErrno(EINVAL));
    }
    if (KernelAtLeast(6, 6)) {
      EXPECT_THAT(syscall(kFchmodat2, AT_FDCWD, path, 0644, kBadFlag),
                  SyscallFailsWithErrno(EINVAL));
    }
  }
  EXPECT_FALSE(Exists("new"));
}

TEST_F(PathFlags, BadDescriptorsBesideGoodPaths) {
  const std::string f = P("f"), none = P("none/x");
  EXPECT_THAT(openat(kBadFd, "f", O_RDONLY), SyscallFailsWithErrno(EBADF));
  EXPECT_TRUE(Fd(openat(kBadFd, f.c_str(), O_RDONLY)).ok()) << "an absolute path needs none";
  EXPECT_THAT(linkat(AT_FDCWD, f.c_str(), kBadFd, "new", 0), SyscallFailsWithErrno(EBADF));
  EXPECT_THAT(linkat(kBadFd, "x", AT_FDCWD, P("new").c_str(), 0), SyscallFailsWithErrno(EBADF));
  EXPECT_THAT(renameat(AT_FDCWD, f.c_str(), kBadFd, "new"), SyscallFailsWithErrno(EBADF));
  EXPECT_THAT(renameat(kBadFd, "x", AT_FDCWD, P("new").c_str()), SyscallFailsWithErrno(EBADF));
  EXPECT_THAT(renameat(kBadFd, "x", AT_FDCWD, none.c_str()), SyscallFailsWithErrno(EBADF));
  EXPECT_THAT(linkat(AT_FDCWD, none.c_str(), kBadFd, "new", 0), SyscallFailsWithErrno(ENOENT));
}

TEST_F(PathFlags, TimesThatStayNeedNoFile) {
  const timespec omit[2] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}};
  EXPECT_THAT(syscall(SYS_utimensat, AT_FDCWD, P("none").c_str(), omit, 0), SyscallSucceeds());
  const timespec wrong[2] = {{0, 2000000000}, {0, 0}};
  EXPECT_THAT(syscall(SYS_utimensat, AT_FDCWD, P("none").c_str(), wrong, 0),
              SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(syscall(SYS_utimensat, AT_FDCWD, P("f").c_str(), wrong, 0),
              SyscallFailsWithErrno(EINVAL));
}

TEST_F(PathFlags, ReadlinkOfADescriptor) {
  char text[16];
  const Fd link(open(P("l").c_str(), O_PATH | O_NOFOLLOW)), file(open(P("f").c_str(), O_PATH));
  EXPECT_THAT(readlinkat(link.get(), "", text, sizeof(text)), SyscallSucceedsWithValue(1));
  EXPECT_THAT(readlinkat(file.get(), "", text, sizeof(text)), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(readlink(P("f").c_str(), text, sizeof(text)), SyscallFailsWithErrno(EINVAL));
}

TEST_F(PathFlags, LseekOfAPlaceIsBad) {
  const Fd file(open(P("f").c_str(), O_PATH)), directory(open(P("d").c_str(), O_PATH | O_DIRECTORY));
  EXPECT_THAT(lseek(file.get(), 1, SEEK_SET), SyscallFailsWithErrno(EBADF));
  EXPECT_THAT(lseek(directory.get(), 1, SEEK_SET), SyscallFailsWithErrno(EBADF));
  EXPECT_THAT(lseek(file.get(), 0, SEEK_DATA), SyscallFailsWithErrno(EBADF));
}

// chown(2) takes the set-ID bits away even if it changes no owner.
TEST_F(PathFlags, ChownToNobodyClearsSetId) {
  ASSERT_THAT(chmod(P("f").c_str(), 06755), SyscallSucceeds());
  ASSERT_THAT(chown(P("f").c_str(), -1, -1), SyscallSucceeds());
  EXPECT_EQ(Stat(P("f")).st_mode & 07777, 0755u);
}

}  // namespace
}  // namespace guest
