// Symbolic links: followed, counted, and left alone.
#include <sys/syscall.h>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

class PathSymlink : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    ASSERT_THAT(mkdir(P("d").c_str(), 0755), SyscallSucceeds());
    Put(P("d/f"), "inner");
  }
  void Link(const std::string& target, const std::string& name) {
    ASSERT_THAT(symlink(target.c_str(), P(name).c_str()), SyscallSucceeds());
  }
};

TEST_F(PathSymlink, RelativeAbsoluteAndUpwards) {
  Link("d/f", "relative");
  Link(P("d/f"), "absolute");
  Link("../d/f", "d/up");
  Link("d", "dir");
  for (const char* name : {"relative", "absolute", "d/up", "dir/f", "dir/up", "dir/../d/f"}) {
    EXPECT_EQ(Get(P(name)), "inner") << name;
  }
}

TEST_F(PathSymlink, LstatAndReadlinkSeeTheLink) {
  Link("d/f", "link");
  struct stat st;
  ASSERT_THAT(lstat(P("link").c_str(), &st), SyscallSucceeds());
  EXPECT_TRUE(S_ISLNK(st.st_mode));
  EXPECT_EQ(st.st_size, 3);
  EXPECT_EQ(ReadLink(P("link")), "d/f");
  char two[2];
  EXPECT_THAT(readlink(P("link").c_str(), two, 2), SyscallSucceedsWithValue(2)) << "cut short";
  ASSERT_THAT(fstatat(AT_FDCWD, P("link").c_str(), &st, AT_SYMLINK_NOFOLLOW), SyscallSucceeds());
  EXPECT_TRUE(S_ISLNK(st.st_mode));
  EXPECT_EQ(Stat(P("link")).st_ino, Stat(P("d/f")).st_ino);
}

TEST_F(PathSymlink, FromARealDirectoryAndOutAgain) {
  TempDir real;
  const std::string in = real.path() + "/in";
  ASSERT_THAT(symlink(dir().c_str(), in.c_str()), SyscallSucceeds());
  EXPECT_EQ(Get(in + "/d/f"), "inner");
  Put(real.path() + "/file", "real");
  Link(real.path(), "out");
  EXPECT_EQ(Get(P("out/file")), "real");
  EXPECT_EQ(Get(in + "/out/in/out/file"), "real") << "in, out, in and out";
  EXPECT_EQ(Get(P("out/../" + real.path().substr(sizeof("/dev/shm")) + "/file")), "real");
  Put(in + "/d/new", "through the link");
  EXPECT_EQ(Get(P("d/new")), "through the link");
}

TEST_F(PathSymlink, ChainsOfFortyAtMost) {
  Link("d/f", "0");
  for (int i = 1; i <= 40; ++i) Link(std::to_string(i - 1), std::to_string(i));
  EXPECT_EQ(Get(P("39")), "inner");
  EXPECT_THAT(open(P("40").c_str(), O_RDONLY), SyscallFailsWithErrno(ELOOP));
}

TEST_F(PathSymlink, LoopsEnd) {
  Link("b", "a");
  Link("a", "b");
  Link("self/x", "self");
  struct stat st;
  EXPECT_THAT(stat(P("a").c_str(), &st), SyscallFailsWithErrno(ELOOP));
  EXPECT_THAT(stat(P("a/x").c_str(), &st), SyscallFailsWithErrno(ELOOP));
  EXPECT_THAT(stat(P("self").c_str(), &st), SyscallFailsWithErrno(ELOOP));
  EXPECT_THAT(open(P("a").c_str(), O_CREAT | O_RDWR, 0600), SyscallFailsWithErrno(ELOOP));
  EXPECT_THAT(lstat(P("a").c_str(), &st), SyscallSucceeds());
  EXPECT_THAT(unlink(P("a").c_str()), SyscallSucceeds());
}

TEST_F(PathSymlink, NofollowRefusesTheLastLinkOnly) {
  Link("d/f", "link");
  Link("d", "dir");
  EXPECT_THAT(open(P("link").c_str(), O_RDONLY | O_NOFOLLOW), SyscallFailsWithErrno(ELOOP));
  EXPECT_TRUE(Open(P("dir/f"), O_RDONLY | O_NOFOLLOW).ok());
  EXPECT_THAT(open(P("dir").c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
              SyscallFailsWithErrno(ENOTDIR));
}

TEST_F(PathSymlink, OPathNofollowHoldsTheLink) {
  Link("d/f", "link");
  const Fd link = Open(P("link"), O_PATH | O_NOFOLLOW);
  ASSERT_TRUE(link.ok());
  EXPECT_TRUE(S_ISLNK(Stat(link.get()).st_mode));
  char buffer[16];
  EXPECT_THAT(readlinkat(link.get(), "", buffer, sizeof(buffer)), SyscallSucceedsWithValue(3));
  EXPECT_EQ(std::string(buffer, 3), "d/f");
}

TEST_F(PathSymlink, CreatingThroughADanglingLinkMakesItsTarget) {
  Link("d/new", "dangling");
  EXPECT_THAT(open(P("dangling").c_str(), O_RDONLY), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(open(P("dangling").c_str(), O_RDWR | O_CREAT | O_EXCL, 0600),
              SyscallFailsWithErrno(EEXIST));
  Put(P("dangling"), "made");
  EXPECT_EQ(Get(P("d/new")), "made");
  Link("none/x", "hopeless");
  EXPECT_THAT(open(P("hopeless").c_str(), O_RDWR | O_CREAT, 0600), SyscallFailsWithErrno(ENOENT));
}

TEST_F(PathSymlink, CallsThatDoNotFollow) {
  Link("d/f", "link");
  EXPECT_THAT(mkdir(P("link").c_str(), 0700), SyscallFailsWithErrno(EEXIST));
  ASSERT_THAT(link(P("link").c_str(), P("hard").c_str()), SyscallSucceeds());
  EXPECT_EQ(ReadLink(P("hard")), "d/f") << "link(2) links the link";
  ASSERT_THAT(linkat(AT_FDCWD, P("link").c_str(), AT_FDCWD, P("file").c_str(), AT_SYMLINK_FOLLOW),
              SyscallSucceeds());
  EXPECT_EQ(Stat(P("file")).st_nlink, 2u);
  ASSERT_THAT(rename(P("link").c_str(), P("moved").c_str()), SyscallSucceeds());
  EXPECT_EQ(ReadLink(P("moved")), "d/f");
  ASSERT_THAT(lchown(P("moved").c_str(), geteuid(), getegid()), SyscallSucceeds());
  ASSERT_THAT(unlink(P("moved").c_str()), SyscallSucceeds());
  EXPECT_EQ(Get(P("d/f")), "inner");
}

TEST_F(PathSymlink, RenameReplacesTheLinkNotItsTarget) {
  Link("d/f", "link");
  Put(P("new"), "new");
  ASSERT_THAT(rename(P("new").c_str(), P("link").c_str()), SyscallSucceeds());
  EXPECT_EQ(Get(P("link")), "new");
  EXPECT_EQ(Get(P("d/f")), "inner");
}

TEST_F(PathSymlink, TargetsOfAnyLength) {
  const std::string longest(4095, 'x');
  Link(longest, "long");
  EXPECT_EQ(ReadLink(P("long")), longest);
  EXPECT_THAT(symlink(std::string(4096, 'x').c_str(), P("longer").c_str()),
              SyscallFailsWithErrno(ENAMETOOLONG));
}

// On another file system: in a view it is a real one that leads into the virtual one.
TEST_F(PathSymlink, LinkFromOutsideInTheLastPlace) {
  TempDir outside;
  const std::string link = outside.path() + "/link";
  Put(P("target"), "there");
  ASSERT_THAT(symlink(P("target").c_str(), link.c_str()), SyscallSucceeds());
  EXPECT_EQ(Get(link), "there");
  EXPECT_EQ(Stat(link).st_ino, Stat(P("target")).st_ino);
  struct stat st;
  ASSERT_THAT(lstat(link.c_str(), &st), SyscallSucceeds());
  EXPECT_TRUE(S_ISLNK(st.st_mode));
}

}  // namespace
}  // namespace guest
