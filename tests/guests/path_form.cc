// The forms a path can have: slashes, dots, nothing at all.
#include <sys/syscall.h>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

class PathForm : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    ASSERT_THAT(mkdir(P("d").c_str(), 0755), SyscallSucceeds());
    Put(P("f"), "file");
    Put(P("d/f"), "inner");
  }
  int Access(const std::string& name) { return access(P(name).c_str(), F_OK); }
};

TEST_F(PathForm, SlashesAndDotsMeanTheSame) {
  const ino_t file = Stat(P("d/f")).st_ino;
  for (const char* name : {"d//f", "./d/f", "d/./f", "d/../d/f", "d/.././/d///./f"}) {
    EXPECT_EQ(Stat(P(name)).st_ino, file) << name;
  }
  EXPECT_EQ(Stat("/" + P("f")).st_ino, Stat(P("f")).st_ino);
  EXPECT_EQ(Stat("/../../" + P("f")).st_ino, Stat(P("f")).st_ino) << "above the root is the root";
}

TEST_F(PathForm, TrailingSlashIsForDirectories) {
  EXPECT_THAT(Access("d/"), SyscallSucceeds());
  EXPECT_THAT(Access("d///"), SyscallSucceeds());
  EXPECT_THAT(Access("f/"), SyscallFailsWithErrno(ENOTDIR));
  EXPECT_THAT(Access("f/."), SyscallFailsWithErrno(ENOTDIR));
  EXPECT_THAT(open(P("f/").c_str(), O_RDONLY), SyscallFailsWithErrno(ENOTDIR));
  EXPECT_THAT(open(P("new/").c_str(), O_WRONLY | O_CREAT, 0600), SyscallFailsWithErrno(EISDIR));
  EXPECT_THAT(unlink(P("f/").c_str()), SyscallFailsWithErrno(ENOTDIR));
  EXPECT_THAT(symlink("x", P("new/").c_str()), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(mkfifo(P("new/").c_str(), 0600), SyscallFailsWithErrno(ENOENT));
}

TEST_F(PathForm, DirectoryCallsAllowTrailingSlash) {
  EXPECT_THAT(mkdir(P("new/").c_str(), 0755), SyscallSucceeds());
  EXPECT_THAT(mkdirat(AT_FDCWD, P("new/er//").c_str(), 0755), SyscallSucceeds());
  EXPECT_THAT(rename(P("new/").c_str(), P("moved/").c_str()), SyscallSucceeds());
  EXPECT_THAT(Access("moved/er/"), SyscallSucceeds());
  EXPECT_THAT(rename(P("f").c_str(), P("g/").c_str()), SyscallFailsWithErrno(ENOTDIR));
  EXPECT_THAT(rename(P("f/").c_str(), P("g").c_str()), SyscallFailsWithErrno(ENOTDIR));
  EXPECT_THAT(rmdir(P("moved/er/").c_str()), SyscallSucceeds());
  EXPECT_THAT(rmdir(P("moved//").c_str()), SyscallSucceeds());
}

TEST_F(PathForm, TrailingSlashFollowsALink) {
  ASSERT_THAT(symlink("d", P("link").c_str()), SyscallSucceeds());
  struct stat st;
  ASSERT_THAT(lstat(P("link").c_str(), &st), SyscallSucceeds());
  EXPECT_TRUE(S_ISLNK(st.st_mode));
  ASSERT_THAT(lstat(P("link/").c_str(), &st), SyscallSucceeds());
  EXPECT_TRUE(S_ISDIR(st.st_mode));
  EXPECT_THAT(rmdir(P("link/").c_str()), SyscallFailsWithErrno(ENOTDIR));
  char buffer[8];
  EXPECT_THAT(readlink(P("link/").c_str(), buffer, sizeof(buffer)), SyscallFailsWithErrno(EINVAL));
}

TEST_F(PathForm, EmptyPathIsEnoent) {
  struct stat st;
  EXPECT_THAT(stat("", &st), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(open("", O_RDONLY), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(mkdir("", 0755), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(chdir(""), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(rename("", P("x").c_str()), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(unlink(""), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(symlink("", P("x").c_str()), SyscallFailsWithErrno(ENOENT));
  const Fd d = Open(P("d"), O_RDONLY);
  EXPECT_THAT(fstatat(d.get(), "", &st, 0), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(openat(d.get(), "", O_RDONLY), SyscallFailsWithErrno(ENOENT));
}

TEST_F(PathForm, EmptyPathWithTheFlagIsTheDescriptor) {
  const Fd file = Open(P("f"), O_RDONLY);
  const Fd directory = Open(P("d"), O_PATH);
  struct stat st;
  EXPECT_THAT(fstatat(file.get(), "", &st, AT_EMPTY_PATH), SyscallSucceeds());
  EXPECT_EQ(st.st_ino, Stat(P("f")).st_ino);
  EXPECT_THAT(fstatat(directory.get(), "", &st, AT_EMPTY_PATH), SyscallSucceeds());
  EXPECT_EQ(st.st_ino, Stat(P("d")).st_ino);
  EXPECT_THAT(faccessat(file.get(), "", R_OK, AT_EMPTY_PATH), SyscallSucceeds());
  EXPECT_THAT(fchownat(file.get(), "", geteuid(), -1, AT_EMPTY_PATH), SyscallSucceeds());
  struct statx stx;
  EXPECT_THAT(statx(file.get(), "", AT_EMPTY_PATH, STATX_INO, &stx), SyscallSucceeds());
  EXPECT_EQ(stx.stx_ino, Stat(P("f")).st_ino);
  EXPECT_THAT(fstatat(-1, "", &st, AT_EMPTY_PATH), SyscallFailsWithErrno(EBADF));
}

TEST_F(PathForm, EmptyPathWithTheFlagMayBeTheWorkingDirectory) {
  PassesInChild([&] {
    ASSERT_THAT(chdir(P("d").c_str()), SyscallSucceeds());
    struct stat st;
    EXPECT_THAT(fstatat(AT_FDCWD, "", &st, AT_EMPTY_PATH), SyscallSucceeds());
    EXPECT_EQ(st.st_ino, Stat(P("d")).st_ino);
  });
}

TEST_F(PathForm, NullPathWithTheFlag) {
  if (!KernelAtLeast(6, 11)) GTEST_SKIP() << "EFAULT before 6.11";
  const Fd file = Open(P("f"), O_RDONLY);
  struct statx stx;
  const char* const null = nullptr;
  EXPECT_THAT(syscall(SYS_statx, file.get(), null, AT_EMPTY_PATH, STATX_INO, &stx),
              SyscallSucceeds());
  EXPECT_EQ(stx.stx_ino, Stat(P("f")).st_ino);
  struct stat st;
  EXPECT_THAT(syscall(SYS_newfstatat, file.get(), null, &st, AT_EMPTY_PATH), SyscallSucceeds());
  EXPECT_EQ(st.st_ino, Stat(P("f")).st_ino);
  EXPECT_THAT(syscall(SYS_newfstatat, file.get(), null, &st, 0), SyscallFailsWithErrno(EFAULT));
}

TEST_F(PathForm, LastComponentDotOrDotDot) {
  EXPECT_THAT(rmdir(P("d/.").c_str()), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(rmdir(P("d/..").c_str()), SyscallFailsWithErrno(ENOTEMPTY));
  EXPECT_THAT(mkdir(P("d/.").c_str(), 0755), SyscallFailsWithErrno(EEXIST));
  EXPECT_THAT(mkdir(P("d/..").c_str(), 0755), SyscallFailsWithErrno(EEXIST));
  EXPECT_THAT(unlink(P("d/.").c_str()), SyscallFailsWithErrno(EISDIR));
  EXPECT_THAT(rename(P("d/.").c_str(), P("x").c_str()), SyscallFailsWithErrno(EBUSY));
  EXPECT_THAT(rename(P("d").c_str(), P("d/..").c_str()), SyscallFailsWithErrno(EBUSY));
  EXPECT_THAT(open(P("d/.").c_str(), O_RDWR), SyscallFailsWithErrno(EISDIR));
}

TEST_F(PathForm, DotDotOfTheTopLeavesTheFileSystem) {
  EXPECT_EQ(Stat(dir() + "/..").st_ino, Stat("/dev/shm").st_ino);
  EXPECT_EQ(Stat(dir() + "/..").st_dev, Stat("/dev/shm").st_dev);
  EXPECT_EQ(Stat(P("d/..")).st_ino, Stat(dir()).st_ino);
}

TEST_F(PathForm, AnyByteButSlashAndNul) {
  const std::string name = "\xff\xfe \n\t*?'\"\\";
  Put(P(name), "odd");
  EXPECT_EQ(Get(P(name)), "odd");
}

TEST_F(PathForm, LongPathOfShortNames) {
  std::string path = dir();
  while (path.size() + 9 < 4095) {
    path += "/abcdefgh";
    ASSERT_THAT(mkdir(path.c_str(), 0755), SyscallSucceeds()) << path.size();
  }
  EXPECT_EQ(Stat(path).st_mode & S_IFMT, static_cast<mode_t>(S_IFDIR));
}

}  // namespace
}  // namespace guest
