// A guest with a root directory of its own.
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

TEST_F(PathChroot, RefusedWithoutPrivilege) {
  PassesAsPlainUser([&] { EXPECT_THAT(chroot(dir().c_str()), SyscallFailsWithErrno(EPERM)); });
  EXPECT_THAT(chroot(P("none").c_str()), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(chroot(P("d/f").c_str()), SyscallFailsWithErrno(ENOTDIR));
}

}  // namespace
}  // namespace guest
