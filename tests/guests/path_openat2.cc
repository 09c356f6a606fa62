// openat2 and its ways to refuse.
#include <linux/openat2.h>
#include <sys/syscall.h>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

class PathOpenat2 : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    ASSERT_THAT(mkdir(P("d").c_str(), 0755), SyscallSucceeds());
    ASSERT_THAT(mkdir(P("d/e").c_str(), 0755), SyscallSucceeds());
    Put(P("d/f"), "inner");
    Put(P("f"), "outer");
    ASSERT_THAT(symlink("f", P("d/link").c_str()), SyscallSucceeds());
    ASSERT_THAT(symlink("../f", P("d/up").c_str()), SyscallSucceeds());
    ASSERT_THAT(symlink("/f", P("d/absolute").c_str()), SyscallSucceeds());
    ASSERT_THAT(symlink("e", P("d/dir").c_str()), SyscallSucceeds());
    d_ = Open(P("d"), O_RDONLY | O_DIRECTORY);
  }

  // The result of opening `path` below d: what it reads, or -errno.
  std::string Resolve(const std::string& path, uint64_t resolve) {
    struct open_how how = {};
    how.flags = O_RDONLY | O_CLOEXEC;
    how.resolve = resolve;
    const Fd fd(static_cast<int>(syscall(SYS_openat2, d_.get(), path.c_str(), &how, sizeof(how))));
    return fd.ok() ? ReadAll(fd.get()) : strerrorname_np(errno);
  }

  Fd d_;
};

TEST_F(PathOpenat2, PlainlyLikeOpenat) {
  EXPECT_EQ(Resolve("f", 0), "inner");
  EXPECT_EQ(Resolve("up", 0), "outer");
  EXPECT_EQ(Resolve("../f", 0), "outer");
  EXPECT_EQ(Resolve(P("f"), 0), "outer");
}

TEST_F(PathOpenat2, BeneathRefusesToLeave) {
  EXPECT_EQ(Resolve("f", RESOLVE_BENEATH), "inner");
  EXPECT_EQ(Resolve("link", RESOLVE_BENEATH), "inner");
  EXPECT_EQ(Resolve("e/../f", RESOLVE_BENEATH), "inner");
  for (const char* path : {"../f", "up", "absolute", "e/../../f", "/etc/passwd"}) {
    EXPECT_EQ(Resolve(path, RESOLVE_BENEATH), "EXDEV") << path;
  }
}

TEST_F(PathOpenat2, InRootStaysInside) {
  for (const char* path : {"f", "/f", "../f", "../../../f", "up", "absolute", "/e/../../f"}) {
    EXPECT_EQ(Resolve(path, RESOLVE_IN_ROOT), "inner") << path;
  }
  EXPECT_EQ(Resolve("/etc/passwd", RESOLVE_IN_ROOT), "ENOENT");
}

TEST_F(PathOpenat2, NoSymlinksAnywhere) {
  EXPECT_EQ(Resolve("f", RESOLVE_NO_SYMLINKS), "inner");
  EXPECT_EQ(Resolve("link", RESOLVE_NO_SYMLINKS), "ELOOP");
  EXPECT_EQ(Resolve("dir/../f", RESOLVE_NO_SYMLINKS), "ELOOP");
  EXPECT_EQ(Resolve("dir/../f", RESOLVE_NO_MAGICLINKS), "inner");
}

TEST_F(PathOpenat2, NoMagicLinks) {
  const Fd file = Open(P("f"), O_RDONLY);
  EXPECT_EQ(Resolve(ProcFd(file.get()), 0), "outer");
  EXPECT_EQ(Resolve(ProcFd(file.get()), RESOLVE_NO_MAGICLINKS), "ELOOP");
}

TEST_F(PathOpenat2, NoCrossingOfMounts) {
  EXPECT_EQ(Resolve("f", RESOLVE_NO_XDEV), "inner");
  EXPECT_EQ(Resolve("link", RESOLVE_NO_XDEV), "inner");
  EXPECT_EQ(Resolve("/proc/version", RESOLVE_NO_XDEV), "EXDEV");
}

TEST_F(PathOpenat2, CreatesAndRefusesUnknownBits) {
  struct open_how how = {};
  how.flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
  how.mode = 0640;
  const Fd made(static_cast<int>(syscall(SYS_openat2, d_.get(), "new", &how, sizeof(how))));
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(Stat(P("d/new")).st_mode & 07777, 0640u);
  how.mode = 0100640;
  EXPECT_THAT(syscall(SYS_openat2, d_.get(), "x", &how, sizeof(how)),
              SyscallFailsWithErrno(EINVAL));
  how.mode = 0;
  how.flags = O_RDONLY;
  how.resolve = 0x100000;
  EXPECT_THAT(syscall(SYS_openat2, d_.get(), "f", &how, sizeof(how)),
              SyscallFailsWithErrno(EINVAL));
  how.resolve = 0;
  how.mode = 0600;
  EXPECT_THAT(syscall(SYS_openat2, d_.get(), "f", &how, sizeof(how)), SyscallFailsWithErrno(EINVAL))
      << "a mode without O_CREAT";
}

TEST_F(PathOpenat2, SizeOfTheArgument) {
  struct {
    struct open_how how;
    uint64_t more;
  } big = {};
  big.how.flags = O_PATH;
  const Fd fd(static_cast<int>(syscall(SYS_openat2, d_.get(), "f", &big, sizeof(big))));
  EXPECT_TRUE(fd.ok()) << "a longer struct of zeros";
  big.more = 1;
  EXPECT_THAT(syscall(SYS_openat2, d_.get(), "f", &big, sizeof(big)), SyscallFailsWithErrno(E2BIG));
  EXPECT_THAT(syscall(SYS_openat2, d_.get(), "f", &big, 8), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(syscall(SYS_openat2, d_.get(), "f", 8, sizeof(big.how)),
              SyscallFailsWithErrno(EFAULT));
}

}  // namespace
}  // namespace guest
