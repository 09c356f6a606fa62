// Guests that make namespaces of their own are still served by the view.
#include <sys/mount.h>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"
#include "tests/guests/user_namespace.h"

namespace guest {
namespace {

class ProcessNamespaces : public FsTest {
 protected:
  void SetUp() override {
    if (!CanMakeUserNamespace()) GTEST_SKIP() << "the kernel refuses user namespaces";
    FsTest::SetUp();
  }
};

TEST_F(ProcessNamespaces, FilesWorkInAUserNamespace) {
  PassesInChild([&] {
    EnterUserNamespace(0);
    Put(P("file"), "mine");
    EXPECT_EQ(Get(P("file")), "mine");
    // docs/known_gaps.md: the ids of virtual files are not mapped.
    if (!is_virtual()) {
      EXPECT_EQ(Stat(P("file")).st_uid, 0u);
    }
  });
  EXPECT_EQ(Get(P("file")), "mine");
  EXPECT_EQ(Stat(P("file")).st_uid, geteuid());
}

TEST_F(ProcessNamespaces, MountInAMountNamespaceIsPrivate) {
  if (is_virtual()) GTEST_SKIP() << "a mount of the host on a virtual directory";
  PassesInChild([&] {
    EnterUserNamespace(CLONE_NEWNS);
    ASSERT_THAT(mount("none", dir().c_str(), "tmpfs", 0, nullptr), SyscallSucceeds());
    Put(P("inside"), "yes");
    EXPECT_EQ(Get(P("inside")), "yes");
  });
  EXPECT_THAT(access(P("inside").c_str(), F_OK), SyscallFailsWithErrno(ENOENT));
}

TEST_F(ProcessNamespaces, FirstProcessOfAPidNamespace) {
  PassesInChild([&] {
    EnterUserNamespace(CLONE_NEWPID);
    PassesInChild([&] {
      EXPECT_EQ(getpid(), 1);
      Put(P("file"), "pid 1");
      EXPECT_EQ(Get(P("file")), "pid 1");
      EXPECT_TRUE(ExitedWith(ForkAndWait([] { _exit(getpid()); }), 2));
    });
  });
}

TEST_F(ProcessNamespaces, ExecInAPidNamespace) {
  const int status = ForkAndWait([] {
    EnterUserNamespace(CLONE_NEWPID);
    _exit(WEXITSTATUS(ForkAndWait(
        [] { execl("/bin/sh", "sh", "-c", "cat /etc/passwd >/dev/null && exit $$", nullptr); })));
  });
  EXPECT_TRUE(ExitedWith(status, 1)) << "the shell is process 1";
}

TEST_F(ProcessNamespaces, NameOfTheHostIsPrivate) {
  char before[256];
  ASSERT_EQ(gethostname(before, sizeof(before)), 0);
  PassesInChild([] {
    EnterUserNamespace(CLONE_NEWUTS);
    ASSERT_THAT(sethostname("inner", 5), SyscallSucceeds());
    char name[256];
    ASSERT_EQ(gethostname(name, sizeof(name)), 0);
    EXPECT_STREQ(name, "inner");
  });
  char after[256];
  ASSERT_EQ(gethostname(after, sizeof(after)), 0);
  EXPECT_STREQ(before, after);
}

TEST_F(ProcessNamespaces, CloneIntoNamespacesAtOnce) {
  PassesInChild([&] {
    EnterUserNamespace(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET);
    PassesInChild([&] { EXPECT_EQ(Get("/etc/passwd").empty(), false); });
  });
}

}  // namespace
}  // namespace guest
