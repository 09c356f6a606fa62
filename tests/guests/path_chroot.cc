// A guest with a root directory of its own.
#include <sched.h>
#include <sys/syscall.h>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"
#include "tests/guests/user_namespace.h"

namespace guest {
namespace {

class PathChroot : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    if (geteuid() != 0 && !CanMakeUserNamespace()) {
      GTEST_SKIP() << "chroot needs root, or a user namespace, which the kernel refuses";
    }
    ASSERT_THAT(mkdir(P("d").c_str(), 0755), SyscallSucceeds());
    Put(P("d/f"), "inner");
    ASSERT_THAT(symlink("/d/f", P("absolute").c_str()), SyscallSucceeds());
    ASSERT_THAT(symlink("../../d/f", P("d/up").c_str()), SyscallSucceeds());
  }

  // Runs `body` in a child whose root and working directory is the directory of the test.
  template <typename Body>
  void InRoot(Body body) {
    PassesInChild([&] {
      if (geteuid() != 0) EnterUserNamespace(0);
      ASSERT_THAT(chroot(dir().c_str()), SyscallSucceeds());
      ASSERT_THAT(chdir("/"), SyscallSucceeds());
      body();
    });
  }
};

TEST_F(PathChroot, AbsolutePathsAndLinksStartThere) {
  InRoot([] {
    EXPECT_EQ(Get("/d/f"), "inner");
    EXPECT_EQ(Get("/absolute"), "inner");
    EXPECT_EQ(Get("/d/up"), "inner");
    EXPECT_THAT(access("/etc", F_OK), SyscallFailsWithErrno(ENOENT));
    Put("/new", "made");
  });
  EXPECT_EQ(Get(P("new")), "made");
}

TEST_F(PathChroot, DotDotStopsAtTheRoot) {
  InRoot([] {
    EXPECT_EQ(Get("/../../d/f"), "inner");
    EXPECT_EQ(Get("../../../d/f"), "inner");
    EXPECT_EQ(Stat("/..").st_ino, Stat("/").st_ino);
    char cwd[4096];
    ASSERT_THAT(chdir("/d"), SyscallSucceeds());
    EXPECT_STREQ(getcwd(cwd, sizeof(cwd)), "/d");
  });
}

TEST_F(PathChroot, DescriptorsFromOutsideStillWork) {
  TempDir outside;
  Put(outside.path() + "/f", "outside");
  const Fd directory = Open(outside.path(), O_RDONLY | O_DIRECTORY);
  InRoot([&] {
    const Fd f(openat(directory.get(), "f", O_RDONLY));
    EXPECT_EQ(ReadAll(f.get()), "outside");
  });
}

TEST_F(PathChroot, ChildrenInheritIt) {
  InRoot([] { PassesInChild([] { EXPECT_EQ(Get("/d/f"), "inner"); }); });
  EXPECT_FALSE(Get("/etc/passwd").empty());
}

TEST_F(PathChroot, ExecInside) {
  ASSERT_THAT(mkdir(P("lib64").c_str(), 0755), SyscallSucceeds());
  ASSERT_THAT(mkdir(P("lib").c_str(), 0755), SyscallSucceeds());
  Put(P("lib64/ld-linux-x86-64.so.2"), Get("/lib64/ld-linux-x86-64.so.2"), 0755);
  Put(P("lib/libc.so.6"), Get("/lib/x86_64-linux-gnu/libc.so.6"), 0755);
  Put(P("cat"), Get("/bin/cat"), 0755);
  Pipe output;
  InRoot([&] {
    dup2(output.writer(), 1);
    execl("/cat", "cat", "/d/f", nullptr);
    ADD_FAILURE() << strerror(errno);
  });
  output.CloseWriter();
  EXPECT_EQ(ReadAll(output.reader()), "inner");
}

TEST_F(PathChroot, OneInTheOther) {
  InRoot([] {
    ASSERT_THAT(mkdir("/d/e", 0755), SyscallSucceeds());
    Put("/d/e/g", "innermost");
    ASSERT_THAT(chroot("d"), SyscallSucceeds());
    EXPECT_EQ(Get("/e/g"), "innermost");
    EXPECT_EQ(Get("/f"), "inner");
    EXPECT_THAT(access("/d", F_OK), SyscallFailsWithErrno(ENOENT));
  });
}

// chroot(2): who keeps a directory outside can leave.
TEST_F(PathChroot, TheWorkingDirectoryLeadsOut) {
  InRoot([this] {
    ASSERT_THAT(chroot("/d"), SyscallSucceeds());
    EXPECT_EQ(Get("d/f"), "inner");  // the working directory is where it was
    EXPECT_EQ(Get("/f"), "inner");
    char cwd[4096] = "";
    ASSERT_GT(syscall(SYS_getcwd, cwd, sizeof(cwd)), 0);
    EXPECT_EQ(std::string(cwd).rfind("(unreachable)", 0), 0u) << cwd;
    ASSERT_THAT(chdir("../../../../../.."), SyscallSucceeds());
    EXPECT_EQ(Get(P("d/f").substr(1)), "inner");
    EXPECT_THAT(access("etc/passwd", F_OK), SyscallSucceeds());
    ASSERT_THAT(chroot("."), SyscallSucceeds());
    EXPECT_EQ(Get(P("d/f")), "inner");
    ASSERT_GT(syscall(SYS_getcwd, cwd, sizeof(cwd)), 0);
    EXPECT_STREQ(cwd, "/");
  });
}

TEST_F(PathChroot, ADescriptorLeadsOut) {
  const Fd outside = Open("/", O_RDONLY | O_DIRECTORY);
  InRoot([&] {
    ASSERT_THAT(fchdir(outside.get()), SyscallSucceeds());
    EXPECT_THAT(access("etc/passwd", F_OK), SyscallSucceeds());
    EXPECT_EQ(Get(P("d/f").substr(1)), "inner");
    EXPECT_THAT(access("/etc/passwd", F_OK), SyscallFailsWithErrno(ENOENT));
    const Fd inside(openat(outside.get(), P("d").substr(1).c_str(), O_RDONLY | O_DIRECTORY));
    ASSERT_GE(inside.get(), 0);
    ASSERT_THAT(chroot("etc"), SyscallSucceeds());
    EXPECT_THAT(access("/passwd", F_OK), SyscallSucceeds());
    const Fd f(openat(inside.get(), "f", O_RDONLY));
    EXPECT_EQ(ReadAll(f.get()), "inner");
  });
}

TEST_F(PathChroot, ADescriptorOfTheRootStopsThere) {
  TempDir outer;
  const Fd back = Open(dir(), O_RDONLY | O_DIRECTORY);
  InRoot([&] {
    ASSERT_THAT(fchdir(back.get()), SyscallSucceeds());
    ASSERT_THAT(chdir(("../../.." + outer.path()).c_str()), SyscallFailsWithErrno(ENOENT));
    EXPECT_EQ(Get("../../../../d/f"), "inner");
  });
}

TEST_F(PathChroot, ProcTellsTheRoot) {
  const Fd proc = Open("/proc", O_RDONLY | O_DIRECTORY);
  Pipe ready, leave;
  const pid_t child = Fork([&] {
    if (geteuid() != 0) EnterUserNamespace(0);
    ASSERT_THAT(chroot(P("d").c_str()), SyscallSucceeds());
    ASSERT_THAT(chdir("/"), SyscallSucceeds());
    char text[4096] = "";
    EXPECT_THAT(readlinkat(proc.get(), "self/root", text, sizeof(text)), SyscallSucceedsWithValue(1));
    EXPECT_STREQ(text, "/");
    const Fd f(openat(proc.get(), "self/root/f", O_RDONLY));
    EXPECT_EQ(ReadAll(f.get()), "inner");
    ready.CloseWriter();
    leave.CloseWriter();
    ReadAll(leave.reader());
  });
  ready.CloseWriter();
  ReadAll(ready.reader());
  const std::string root = "/proc/" + std::to_string(child) + "/root";
  char text[4096] = "";
  EXPECT_THAT(readlink(root.c_str(), text, sizeof(text)), SyscallSucceeds());
  EXPECT_EQ(text, P("d"));
  EXPECT_EQ(Get(root + "/f"), "inner");
  leave.CloseWriter();
  EXPECT_EQ(WaitFor(child), 0);
}

int ChrootIn(void* path) {
  return chroot(static_cast<const char*>(path)) == 0 ? 0 : 1;
}

TEST_F(PathChroot, SharedWithCloneFs) {
  InRoot([] {
    alignas(16) static char stack[65536];
    char path[] = "/d";
    const int child = clone(ChrootIn, stack + sizeof(stack), CLONE_FS | SIGCHLD, path);
    ASSERT_GT(child, 0);
    EXPECT_EQ(WaitFor(child), 0);
    EXPECT_EQ(Get("/f"), "inner");
  });
}

TEST_F(PathChroot, MakingAndRemovingInside) {
  InRoot([] {
    ASSERT_THAT(symlink("/d/f", "/d/link"), SyscallSucceeds());
    EXPECT_EQ(Get("/d/link"), "inner");
    ASSERT_THAT(rename("/d/f", "/g"), SyscallSucceeds());
    EXPECT_THAT(access("/d/link", F_OK), SyscallFailsWithErrno(ENOENT));
    ASSERT_THAT(link("/g", "/d/f"), SyscallSucceeds());
    EXPECT_EQ(Stat("/d/link").st_nlink, 2u);
    ASSERT_THAT(unlink("/g"), SyscallSucceeds());
    ASSERT_THAT(mkdir("/x", 0755), SyscallSucceeds());
    ASSERT_THAT(rmdir("/../x/"), SyscallSucceeds());
    EXPECT_THAT(rmdir("/"), SyscallFailsWithErrno(EBUSY));
  });
}

TEST_F(PathChroot, RefusedWithoutPrivilege) {
  PassesAsPlainUser([&] { EXPECT_THAT(chroot(dir().c_str()), SyscallFailsWithErrno(EPERM)); });
  EXPECT_THAT(chroot(P("none").c_str()), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(chroot(P("d/f").c_str()), SyscallFailsWithErrno(ENOTDIR));
}

}  // namespace
}  // namespace guest
