// Modes, owners and who may do what.
#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

class FileMode : public FsTest {
 protected:
  mode_t Mode(const std::string& name) { return Stat(P(name)).st_mode & 07777; }
  int Chmod(const std::string& name, mode_t mode) { return chmod(P(name).c_str(), mode); }
};

TEST_F(FileMode, UmaskIsTakenAway) {
  umask(027);
  Put(P("f"), "", 0666);
  EXPECT_EQ(Mode("f"), 0640u);
  ASSERT_THAT(mkdir(P("d").c_str(), 0777), SyscallSucceeds());
  EXPECT_EQ(Mode("d"), 0750u);
  ASSERT_THAT(mkfifo(P("p").c_str(), 0666), SyscallSucceeds());
  EXPECT_EQ(Mode("p"), 0640u);
  ASSERT_THAT(chmod(P("f").c_str(), 0666), SyscallSucceeds());
  EXPECT_EQ(Mode("f"), 0666u) << "chmod has no umask";
  PassesInChild([&] { Put(P("child"), "", 0666); });
  EXPECT_EQ(Mode("child"), 0640u) << "a child inherits it";
  EXPECT_EQ(umask(022), 027u);
}

TEST_F(FileMode, EveryMode) {
  Put(P("f"), "");
  for (mode_t mode = 0; mode <= 0777; mode += 021) {
    ASSERT_THAT(Chmod("f", mode), SyscallSucceeds());
    EXPECT_EQ(Mode("f"), mode);
  }
  const Fd fd = Open(P("f"), O_PATH);
  EXPECT_THAT(Chmod("f", 06755), SyscallSucceeds());
  EXPECT_EQ(Mode("f") & 04755, 04755u);
  EXPECT_TRUE(S_ISREG(Stat(fd.get()).st_mode)) << "the kind is not changed";
}

TEST_F(FileMode, OpenFileKeepsItsRights) {
  Put(P("f"), "text");
  const Fd fd = Open(P("f"), O_RDWR);
  ASSERT_THAT(fchmod(fd.get(), 0), SyscallSucceeds());
  EXPECT_EQ(Stat(fd.get()).st_mode & 07777, 0u);
  EXPECT_EQ(ReadAll(fd.get()), "text");
  EXPECT_THAT(write(fd.get(), "x", 1), SyscallSucceedsWithValue(1));
}

TEST_F(FileMode, CreatorMayUseWhatItsModeForbids) {
  PassesAsPlainUser([&] {
    const Fd fd = Open(P("f"), O_RDWR | O_CREAT, 0);
    EXPECT_THAT(write(fd.get(), "x", 1), SyscallSucceedsWithValue(1));
    EXPECT_THAT(open(P("f").c_str(), O_RDONLY), SyscallFailsWithErrno(EACCES));
  });
}

TEST_F(FileMode, OpenIsCheckedAgainstTheMode) {
  PassesAsPlainUser([&] {
    Put(P("f"), "", 0644);
    const struct {
      mode_t mode;
      bool reads, writes;
    } kRows[] = {
        {0400, true, false}, {0200, false, true}, {0600, true, true}, {0077, false, false}};
    for (const auto& row : kRows) {
      ASSERT_THAT(Chmod("f", row.mode), SyscallSucceeds());
      EXPECT_EQ(Open(P("f"), O_RDONLY).ok(), row.reads) << row.mode;
      EXPECT_EQ(Open(P("f"), O_WRONLY).ok(), row.writes) << row.mode;
      EXPECT_EQ(Open(P("f"), O_RDWR).ok(), row.reads && row.writes) << row.mode;
      EXPECT_EQ(access(P("f").c_str(), R_OK) == 0, row.reads) << row.mode;
      EXPECT_EQ(access(P("f").c_str(), W_OK) == 0, row.writes) << row.mode;
    }
  });
}

TEST_F(FileMode, DirectoryNeedsSearchForNamesAndReadForLists) {
  PassesAsPlainUser([&] {
    ASSERT_THAT(mkdir(P("d").c_str(), 0755), SyscallSucceeds());
    Put(P("d/f"), "x");
    ASSERT_THAT(Chmod("d", 0400), SyscallSucceeds());
    EXPECT_TRUE(Open(P("d"), O_RDONLY | O_DIRECTORY).ok());
    EXPECT_THAT(access(P("d/f").c_str(), F_OK), SyscallFailsWithErrno(EACCES));
    EXPECT_THAT(access(P("d/none").c_str(), F_OK), SyscallFailsWithErrno(EACCES));
    ASSERT_THAT(Chmod("d", 0100), SyscallSucceeds());
    EXPECT_THAT(open(P("d").c_str(), O_RDONLY), SyscallFailsWithErrno(EACCES));
    EXPECT_THAT(access(P("d/f").c_str(), F_OK), SyscallSucceeds());
    EXPECT_THAT(unlink(P("d/f").c_str()), SyscallFailsWithErrno(EACCES));
    ASSERT_THAT(Chmod("d", 0700), SyscallSucceeds());
  });
}

TEST_F(FileMode, AccessAsRootNeedsOneExecuteBit) {
  if (geteuid() != 0) GTEST_SKIP() << "a rule for root";
  Put(P("f"), "", 0);
  EXPECT_THAT(access(P("f").c_str(), R_OK | W_OK), SyscallSucceeds());
  EXPECT_THAT(access(P("f").c_str(), X_OK), SyscallFailsWithErrno(EACCES));
  ASSERT_THAT(Chmod("f", 0001), SyscallSucceeds());
  EXPECT_THAT(access(P("f").c_str(), X_OK), SyscallSucceeds());
}

TEST_F(FileMode, AccessIsForTheRealIds) {
  if (geteuid() != 0) GTEST_SKIP() << "needs two users";
  ASSERT_THAT(mkdir(P("d").c_str(), 0700), SyscallSucceeds());
  Put(P("d/f"), "", 0666);
  Put(P("f"), "", 0600);
  PassesInChild([&] {
    ASSERT_THAT(setresuid(kPlainUser, 0, 0), SyscallSucceeds());
    EXPECT_THAT(access(P("d/f").c_str(), R_OK), SyscallFailsWithErrno(EACCES));
    EXPECT_THAT(access(P("f").c_str(), R_OK), SyscallFailsWithErrno(EACCES));
    EXPECT_THAT(eaccess(P("f").c_str(), R_OK), SyscallSucceeds());
  });
  PassesInChild([&] {
    ASSERT_THAT(setresuid(0, kPlainUser, 0), SyscallSucceeds());
    EXPECT_THAT(access(P("d/f").c_str(), R_OK), SyscallSucceeds());
    EXPECT_THAT(eaccess(P("f").c_str(), R_OK), SyscallFailsWithErrno(EACCES));
  });
}

TEST_F(FileMode, OwnersChange) {
  Put(P("f"), "", 0755);
  EXPECT_THAT(chown(P("f").c_str(), -1, -1), SyscallSucceeds());
  EXPECT_EQ(Stat(P("f")).st_uid, geteuid());
  PassesAsPlainUser([&] {
    Put(P("mine"), "");
    EXPECT_THAT(chown(P("mine").c_str(), geteuid(), getegid()), SyscallSucceeds());
    EXPECT_THAT(chown(P("mine").c_str(), 0, -1), SyscallFailsWithErrno(EPERM));
    EXPECT_EQ(Stat(P("mine")).st_uid, kPlainUser);
    EXPECT_EQ(Stat(P("mine")).st_gid, kPlainUser);
  });
  if (geteuid() != 0) return;
  EXPECT_THAT(chown(P("f").c_str(), 1, 2), SyscallSucceeds());
  EXPECT_EQ(Stat(P("f")).st_uid, 1u);
  EXPECT_EQ(Stat(P("f")).st_gid, 2u);
  PassesAsPlainUser([&] { EXPECT_THAT(Chmod("f", 0777), SyscallFailsWithErrno(EPERM)); });
}

TEST_F(FileMode, ChangeOfOwnerClearsSetuid) {
  Put(P("f"), "");
  ASSERT_THAT(Chmod("f", 06755), SyscallSucceeds());
  PassesInChild([&] {
    ASSERT_THAT(chown(P("f").c_str(), geteuid(), getegid()), SyscallSucceeds());
    EXPECT_EQ(Mode("f"), 0755u);
  });
}

TEST_F(FileMode, WriteByTheUnprivilegedClearsSetuid) {
  PassesAsPlainUser([&] {
    Put(P("f"), "");
    ASSERT_THAT(Chmod("f", 04755), SyscallSucceeds());
    const Fd fd = Open(P("f"), O_WRONLY);
    ASSERT_THAT(write(fd.get(), "x", 1), SyscallSucceedsWithValue(1));
    EXPECT_EQ(Mode("f"), 0755u);
  });
}

TEST_F(FileMode, WriteByOthersClearsSetuidOfAFileThatRootHasOpen) {
  if (geteuid() != 0) GTEST_SKIP() << "needs two users";
  Put(P("f"), "text");
  ASSERT_THAT(Chmod("f", 06777), SyscallSucceeds());
  const Fd roots = Open(P("f"), O_RDWR);
  ASSERT_THAT(write(roots.get(), "x", 1), SyscallSucceedsWithValue(1));
  EXPECT_EQ(Mode("f"), 06777u) << "root keeps them";
  PassesAsPlainUser([&] {
    const Fd fd = Open(P("f"), O_WRONLY);
    ASSERT_THAT(write(fd.get(), "x", 1), SyscallSucceedsWithValue(1));
    EXPECT_EQ(Mode("f"), 0777u);
  });
  ASSERT_THAT(Chmod("f", 04777), SyscallSucceeds());
  PassesAsPlainUser([&] {
    EXPECT_THAT(truncate(P("f").c_str(), 1), SyscallSucceeds());
    EXPECT_EQ(Mode("f"), 0777u);
  });
}

TEST_F(FileMode, SetgidDirectoryGivesItsGroup) {
  ASSERT_THAT(mkdir(P("d").c_str(), 0755), SyscallSucceeds());
  const gid_t group = geteuid() == 0 ? 7 : getegid();
  ASSERT_THAT(chown(P("d").c_str(), -1, group), SyscallSucceeds());
  ASSERT_THAT(Chmod("d", 02755), SyscallSucceeds());
  ASSERT_THAT(mkdir(P("d/sub").c_str(), 0755), SyscallSucceeds());
  Put(P("d/f"), "");
  EXPECT_EQ(Mode("d/sub"), 02755u);
  EXPECT_EQ(Stat(P("d/sub")).st_gid, group);
  EXPECT_EQ(Stat(P("d/f")).st_gid, group);
}

TEST_F(FileMode, StickyDirectoryProtectsTheFilesOfOthers) {
  if (geteuid() != 0) GTEST_SKIP() << "needs two users";
  ASSERT_THAT(mkdir(P("d").c_str(), 0777), SyscallSucceeds());
  ASSERT_THAT(Chmod("d", 01777), SyscallSucceeds());
  Put(P("d/roots"), "");
  PassesAsPlainUser([&] {
    Put(P("d/mine"), "");
    EXPECT_THAT(unlink(P("d/roots").c_str()), SyscallFailsWithErrno(EPERM));
    EXPECT_THAT(rename(P("d/roots").c_str(), P("d/x").c_str()), SyscallFailsWithErrno(EPERM));
    EXPECT_THAT(rename(P("d/mine").c_str(), P("d/roots").c_str()), SyscallFailsWithErrno(EPERM));
    EXPECT_THAT(unlink(P("d/mine").c_str()), SyscallSucceeds());
  });
  ASSERT_THAT(Chmod("d", 0777), SyscallSucceeds());
  PassesAsPlainUser([&] { EXPECT_THAT(unlink(P("d/roots").c_str()), SyscallSucceeds()); });
}

}  // namespace
}  // namespace guest
