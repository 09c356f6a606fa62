// rename, link, unlink and their kin.
#include <sys/syscall.h>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

class PathRename : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    Put(P("a"), "a");
    Put(P("b"), "b");
    ASSERT_THAT(mkdir(P("d").c_str(), 0755), SyscallSucceeds());
  }
  int Rename(const std::string& from, const std::string& to, unsigned flags = 0) {
    return renameat2(AT_FDCWD, P(from).c_str(), AT_FDCWD, P(to).c_str(), flags);
  }
  bool Exists(const std::string& name) { return access(P(name).c_str(), F_OK) == 0; }
};

TEST_F(PathRename, MovesAndKeepsTheInode) {
  const ino_t inode = Stat(P("a")).st_ino;
  EXPECT_THAT(Rename("a", "d/moved"), SyscallSucceeds());
  EXPECT_FALSE(Exists("a"));
  EXPECT_EQ(Get(P("d/moved")), "a");
  EXPECT_EQ(Stat(P("d/moved")).st_ino, inode);
}

TEST_F(PathRename, Replaces) {
  EXPECT_THAT(Rename("a", "b"), SyscallSucceeds());
  EXPECT_EQ(Get(P("b")), "a");
  EXPECT_FALSE(Exists("a"));
}

TEST_F(PathRename, NoreplaceDoesNot) {
  EXPECT_THAT(Rename("a", "b", RENAME_NOREPLACE), SyscallFailsWithErrno(EEXIST));
  EXPECT_EQ(Get(P("b")), "b");
  EXPECT_THAT(Rename("a", "new", RENAME_NOREPLACE), SyscallSucceeds());
  EXPECT_EQ(Get(P("new")), "a");
}

TEST_F(PathRename, ExchangeSwapsAnyKinds) {
  EXPECT_THAT(Rename("a", "b", RENAME_EXCHANGE), SyscallSucceeds());
  EXPECT_EQ(Get(P("a")) + Get(P("b")), "ba");
  EXPECT_THAT(Rename("a", "d", RENAME_EXCHANGE), SyscallSucceeds());
  EXPECT_TRUE(S_ISDIR(Stat(P("a")).st_mode));
  EXPECT_EQ(Get(P("d")), "b");
  EXPECT_THAT(Rename("a", "none", RENAME_EXCHANGE), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(Rename("a", "b", RENAME_EXCHANGE | RENAME_NOREPLACE), SyscallFailsWithErrno(EINVAL));
}

TEST_F(PathRename, LinksToOneFileAreLeftAlone) {
  ASSERT_THAT(link(P("a").c_str(), P("same").c_str()), SyscallSucceeds());
  EXPECT_THAT(Rename("a", "same"), SyscallSucceeds());
  EXPECT_TRUE(Exists("a")) << "rename of two links to one file does nothing";
  EXPECT_EQ(Stat(P("a")).st_nlink, 2u);
}

TEST_F(PathRename, DirectoryTreesMoveWhole) {
  ASSERT_THAT(mkdir(P("d/e").c_str(), 0755), SyscallSucceeds());
  Put(P("d/e/f"), "deep");
  ASSERT_THAT(mkdir(P("other").c_str(), 0755), SyscallSucceeds());
  EXPECT_THAT(Rename("d/e", "other/e"), SyscallSucceeds());
  EXPECT_EQ(Get(P("other/e/f")), "deep");
  EXPECT_EQ(Stat(P("other/e/..")).st_ino, Stat(P("other")).st_ino);
  EXPECT_EQ(Stat(P("d")).st_nlink, 2u);
  EXPECT_EQ(Stat(P("other")).st_nlink, 3u);
}

TEST_F(PathRename, OpenFileKeepsItsContents) {
  const Fd old = Open(P("b"), O_RDWR);
  ASSERT_THAT(Rename("a", "b"), SyscallSucceeds());
  EXPECT_EQ(ReadAll(old.get()), "b");
  EXPECT_THAT(write(old.get(), "more", 4), SyscallSucceedsWithValue(4));
  EXPECT_EQ(Stat(old.get()).st_nlink, 0u);
  EXPECT_EQ(Stat(old.get()).st_size, 5);
  EXPECT_EQ(Get(P("b")), "a");
}

TEST_F(PathRename, UnlinkedFileLivesWhileItIsOpen) {
  const Fd file = Open(P("a"), O_RDWR);
  ASSERT_THAT(unlink(P("a").c_str()), SyscallSucceeds());
  EXPECT_FALSE(Exists("a"));
  EXPECT_THAT(pwrite(file.get(), "xyz", 3, 0), SyscallSucceedsWithValue(3));
  EXPECT_EQ(ReadAll(file.get()), "xyz");
  EXPECT_EQ(Stat(file.get()).st_nlink, 0u);
  Put(P("a"), "another");
  EXPECT_NE(Stat(P("a")).st_ino, Stat(file.get()).st_ino);
  EXPECT_EQ(Get(ProcFd(file.get())), "xyz");
  EXPECT_THAT(
      linkat(AT_FDCWD, ProcFd(file.get()).c_str(), AT_FDCWD, P("back").c_str(), AT_SYMLINK_FOLLOW),
      SyscallFailsWithErrno(ENOENT))
      << "the last link does not come back";
}

TEST_F(PathRename, HardLinksAreOneFile) {
  ASSERT_THAT(link(P("a").c_str(), P("d/link").c_str()), SyscallSucceeds());
  EXPECT_EQ(Stat(P("a")).st_nlink, 2u);
  EXPECT_EQ(Stat(P("a")).st_ino, Stat(P("d/link")).st_ino);
  Put(P("d/link"), "changed");
  EXPECT_EQ(Get(P("a")), "changed");
  ASSERT_THAT(chmod(P("a").c_str(), 0600), SyscallSucceeds());
  EXPECT_EQ(Stat(P("d/link")).st_mode & 07777, 0600u);
  ASSERT_THAT(unlink(P("a").c_str()), SyscallSucceeds());
  EXPECT_EQ(Stat(P("d/link")).st_nlink, 1u);
}

TEST_F(PathRename, LinkCountsOfDirectories) {
  EXPECT_EQ(Stat(P("d")).st_nlink, 2u);
  ASSERT_THAT(mkdir(P("d/1").c_str(), 0755), SyscallSucceeds());
  ASSERT_THAT(mkdir(P("d/2").c_str(), 0755), SyscallSucceeds());
  EXPECT_EQ(Stat(P("d")).st_nlink, 4u);
  ASSERT_THAT(rmdir(P("d/1").c_str()), SyscallSucceeds());
  EXPECT_EQ(Stat(P("d")).st_nlink, 3u);
  ASSERT_THAT(rmdir(P("d/2").c_str()), SyscallSucceeds());
}

// Of a name to be, also where the path leaves the file system again.
TEST_F(PathRename, SlashBehindANewName) {
  TempDir other;
  Put(other.path() + "/f", "f");
  ASSERT_THAT(mkdir((other.path() + "/d").c_str(), 0755), SyscallSucceeds());
  const std::string there = dir() + "/.." + other.path().substr(other.path().rfind('/')) + "/";
  for (const std::string& base : {dir() + "/", there}) {
    const std::string file = base == there ? there + "f" : P("a");
    EXPECT_THAT(rename(file.c_str(), (base + "new/").c_str()), SyscallFailsWithErrno(ENOTDIR));
    EXPECT_THAT(link(file.c_str(), (base + "new/").c_str()), SyscallFailsWithErrno(ENOENT));
    EXPECT_THAT(rename((base + "d/").c_str(), (base + "e/").c_str()), SyscallSucceeds());
  }
}

TEST_F(PathRename, NeedsWritePermissionOfBothDirectories) {
  ASSERT_THAT(chmod(P("d").c_str(), 0555), SyscallSucceeds());
  PassesAsPlainUser([&] {
    EXPECT_THAT(Rename("a", "d/x"), SyscallFailsWithErrno(EACCES));
    EXPECT_THAT(mkdir(P("d/x").c_str(), 0700), SyscallFailsWithErrno(EACCES));
    EXPECT_THAT(open(P("d/x").c_str(), O_CREAT | O_RDWR, 0600), SyscallFailsWithErrno(EACCES));
    EXPECT_THAT(symlink("x", P("d/x").c_str()), SyscallFailsWithErrno(EACCES));
  });
  ASSERT_THAT(chmod(P("d").c_str(), 0755), SyscallSucceeds());
}

}  // namespace
}  // namespace guest
