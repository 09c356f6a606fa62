// The working directory.
#include <sys/syscall.h>
#include <climits>
#include <thread>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

class PathCwd : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    ASSERT_NE(getcwd(before_, sizeof(before_)), nullptr);
    ASSERT_THAT(mkdir(P("d").c_str(), 0755), SyscallSucceeds());
    Put(P("d/f"), "inner");
    ASSERT_THAT(chdir(P("d").c_str()), SyscallSucceeds());
  }
  void TearDown() override { EXPECT_THAT(chdir(before_), SyscallSucceeds()); }

  static std::string Cwd() {
    char buffer[PATH_MAX];
    return getcwd(buffer, sizeof(buffer)) == nullptr ? strerrorname_np(errno) : buffer;
  }

 private:
  char before_[PATH_MAX];
};

TEST_F(PathCwd, RelativePathsStartThere) {
  EXPECT_EQ(Cwd(), P("d"));
  EXPECT_EQ(Get("f"), "inner");
  Put("new", "made");
  EXPECT_EQ(Get(P("d/new")), "made");
  EXPECT_EQ(Get("../d/f"), "inner");
  EXPECT_EQ(Stat(".").st_ino, Stat(P("d")).st_ino);
  ASSERT_THAT(mkdir("e", 0755), SyscallSucceeds());
  ASSERT_THAT(chdir("e"), SyscallSucceeds());
  EXPECT_EQ(Cwd(), P("d/e"));
  EXPECT_EQ(Get("../f"), "inner");
  ASSERT_THAT(chdir("../.."), SyscallSucceeds());
  EXPECT_EQ(Cwd(), dir());
  EXPECT_EQ(Get("d/f"), "inner");
}

TEST_F(PathCwd, FchdirAndProcSelfCwd) {
  const Fd top = Open(dir(), O_PATH | O_DIRECTORY);
  ASSERT_THAT(fchdir(top.get()), SyscallSucceeds());
  EXPECT_EQ(Cwd(), dir());
  EXPECT_EQ(ReadLink("/proc/self/cwd"), dir());
  EXPECT_EQ(Get("/proc/self/cwd/d/f"), "inner");
}

TEST_F(PathCwd, FollowsARename) {
  ASSERT_THAT(rename(P("d").c_str(), P("moved").c_str()), SyscallSucceeds());
  EXPECT_EQ(Cwd(), P("moved"));
  EXPECT_EQ(Get("f"), "inner");
}

TEST_F(PathCwd, LinksAreResolved) {
  ASSERT_THAT(symlink("d", P("link").c_str()), SyscallSucceeds());
  ASSERT_THAT(chdir(P("link").c_str()), SyscallSucceeds());
  EXPECT_EQ(Cwd(), P("d"));
}

TEST_F(PathCwd, Deleted) {
  ASSERT_THAT(mkdir("e", 0755), SyscallSucceeds());
  ASSERT_THAT(chdir("e"), SyscallSucceeds());
  ASSERT_THAT(rmdir(P("d/e").c_str()), SyscallSucceeds());
  EXPECT_EQ(Cwd(), "ENOENT");
  EXPECT_THAT(open("x", O_RDWR | O_CREAT, 0600), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(mkdir("x", 0700), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(access("x", F_OK), SyscallFailsWithErrno(ENOENT));
  EXPECT_TRUE(S_ISDIR(Stat(".").st_mode));
  EXPECT_TRUE(Open(".", O_RDONLY | O_DIRECTORY).ok());
  EXPECT_EQ(ReadLink("/proc/self/cwd"), P("d/e") + " (deleted)");
  EXPECT_EQ(Get("../f"), "inner") << "the parent is still known";
}

TEST_F(PathCwd, GetcwdMeasuresItsBuffer) {
  char buffer[PATH_MAX];
  const long size = static_cast<long>(P("d").size()) + 1;
  EXPECT_THAT(syscall(SYS_getcwd, buffer, size), SyscallSucceedsWithValue(size));
  EXPECT_THAT(syscall(SYS_getcwd, buffer, size - 1), SyscallFailsWithErrno(ERANGE));
  EXPECT_THAT(syscall(SYS_getcwd, buffer, 0), SyscallFailsWithErrno(ERANGE));
  EXPECT_THAT(syscall(SYS_getcwd, 8, size), SyscallFailsWithErrno(EFAULT));
}

TEST_F(PathCwd, InheritedByChildrenAndKeptByExec) {
  PassesInChild([&] {
    EXPECT_EQ(Cwd(), P("d"));
    EXPECT_THAT(chdir(".."), SyscallSucceeds());
  });
  EXPECT_EQ(Cwd(), P("d")) << "a child's chdir is its own";
  const std::string test = "test \"$(/bin/pwd -P)\" = " + P("d") + " && test -f f && exit 3";
  const int status = ForkAndWait([&] { execl("/bin/sh", "sh", "-c", test.c_str(), nullptr); });
  EXPECT_TRUE(ExitedWith(status, 3));
}

TEST_F(PathCwd, OneForAllThreads) {
  std::thread([&] { EXPECT_THAT(chdir(dir().c_str()), SyscallSucceeds()); }).join();
  EXPECT_EQ(Cwd(), dir());
}

TEST_F(PathCwd, NeedsSearchPermission) {
  ASSERT_THAT(chmod(P("d").c_str(), 0644), SyscallSucceeds());
  PassesAsPlainUser([&] {
    EXPECT_THAT(chdir(P("d").c_str()), SyscallFailsWithErrno(EACCES));
    EXPECT_THAT(access("f", F_OK), SyscallFailsWithErrno(EACCES));
  });
  ASSERT_THAT(chmod(P("d").c_str(), 0755), SyscallSucceeds());
}

// ".." leads to where the directory is now, not to where it was when somebody came down.
TEST_F(PathCwd, UpAfterAMove) {
  PassesInChild([&] {
    for (const char* name : {"a", "a/b", "a/b/c", "x"})
      ASSERT_THAT(mkdir(P(name).c_str(), 0755), SyscallSucceeds());
    ASSERT_THAT(chdir(P("a/b/c").c_str()), SyscallSucceeds());
    ASSERT_THAT(rename(P("a/b").c_str(), P("x/b").c_str()), SyscallSucceeds());
    EXPECT_EQ(Stat("../..").st_ino, Stat(P("x")).st_ino);
    ASSERT_THAT(chdir(".."), SyscallSucceeds());
    ASSERT_THAT(chdir(".."), SyscallSucceeds());
    EXPECT_EQ(Cwd(), P("x"));
    ASSERT_THAT(rename(P("x").c_str(), P("y").c_str()), SyscallSucceeds());
    ASSERT_THAT(chdir("b"), SyscallSucceeds());
    EXPECT_EQ(Cwd(), P("y/b"));
    ASSERT_THAT(chdir(".."), SyscallSucceeds());
    EXPECT_EQ(Cwd(), P("y"));
  });
}

TEST_F(PathCwd, UpFromRemovedDirectories) {
  PassesInChild([&] {
    for (const char* name : {"a", "a/b", "a/b/c"})
      ASSERT_THAT(mkdir(P(name).c_str(), 0755), SyscallSucceeds());
    ASSERT_THAT(chdir(P("a/b/c").c_str()), SyscallSucceeds());
    for (const char* name : {"a/b/c", "a/b"})
      ASSERT_THAT(rmdir(P(name).c_str()), SyscallSucceeds());
    char buffer[4096];
    ASSERT_THAT(chdir(".."), SyscallSucceeds());
    EXPECT_EQ(getcwd(buffer, sizeof(buffer)), nullptr);
    EXPECT_THAT(mkdir("new", 0755), SyscallFailsWithErrno(ENOENT));
    ASSERT_THAT(chdir(".."), SyscallSucceeds());
    EXPECT_EQ(Cwd(), P("a"));
  });
}

TEST_F(PathCwd, ADeepChainComesAndGoes) {
  constexpr int kDepth = 300;
  PassesInChild([&] {
    for (int i = 0; i < kDepth; ++i) {
      ASSERT_THAT(mkdir("d", 0755), SyscallSucceeds());
      ASSERT_THAT(chdir("d"), SyscallSucceeds());
    }
    for (int i = 0; i < kDepth; ++i) {
      ASSERT_THAT(chdir(".."), SyscallSucceeds());
      ASSERT_THAT(rmdir("d"), SyscallSucceeds());
    }
    EXPECT_EQ(Cwd(), P("d"));
  });
}

}  // namespace
}  // namespace guest
