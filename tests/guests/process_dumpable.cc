// A process that forbids its inspection is served like any other.
#include <sys/prctl.h>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

using ProcessDumpable = FsTest;

void ExpectFilesWork(const std::string& dir) {
  Put(dir + "/file", "contents");
  EXPECT_EQ(Get(dir + "/file"), "contents");
  EXPECT_EQ(Stat(dir + "/file").st_size, 8);
  EXPECT_THAT(chdir(dir.c_str()), SyscallSucceeds());
  EXPECT_EQ(Get("file"), "contents");
  char cwd[4096];
  EXPECT_STREQ(getcwd(cwd, sizeof(cwd)), dir.c_str());
  EXPECT_THAT(unlink("file"), SyscallSucceeds());
  EXPECT_THAT(open("file", O_RDONLY), SyscallFailsWithErrno(ENOENT));
}

TEST_F(ProcessDumpable, FilesWorkAfterClearing) {
  PassesInChild([&] {
    ASSERT_THAT(prctl(PR_SET_DUMPABLE, 0), SyscallSucceeds());
    ExpectFilesWork(dir());
  });
}

TEST_F(ProcessDumpable, FlagIsRemembered) {
  PassesInChild([] {
    ASSERT_THAT(prctl(PR_GET_DUMPABLE), SyscallSucceedsWithValue(1));
    ASSERT_THAT(prctl(PR_SET_DUMPABLE, 0), SyscallSucceeds());
    EXPECT_THAT(prctl(PR_GET_DUMPABLE), SyscallSucceedsWithValue(0));
    EXPECT_THAT(prctl(PR_SET_DUMPABLE, 2), SyscallFailsWithErrno(EINVAL));
    PassesInChild([] {
      EXPECT_THAT(prctl(PR_GET_DUMPABLE), SyscallSucceedsWithValue(0)) << "a child inherits it";
    });
    ASSERT_THAT(prctl(PR_SET_DUMPABLE, 1), SyscallSucceeds());
    EXPECT_THAT(prctl(PR_GET_DUMPABLE), SyscallSucceedsWithValue(1));
  });
}

TEST_F(ProcessDumpable, ExecWorksAfterClearing) {
  const int status = ForkAndWait([] {
    prctl(PR_SET_DUMPABLE, 0);
    execl("/bin/sh", "sh", "-c", "test -r /proc/self/status && exit 3", nullptr);
  });
  EXPECT_TRUE(ExitedWith(status, 3));
}

TEST_F(ProcessDumpable, ChangeOfUserLeavesFilesWorking) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  PassesAsPlainUser([&] {
    EXPECT_NE(prctl(PR_GET_DUMPABLE), 1) << "the kernel clears it with the change of user";
    ExpectFilesWork(dir());
  });
}

}  // namespace
}  // namespace guest
