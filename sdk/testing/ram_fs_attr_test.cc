// Attributes of a RamFs: owners, set-ID bits, times.
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/xattr.h>

#include <string>

#include "sdk/testing/ram_clock.h"
#include "sdk/testing/ram_fs_fixture.h"
#include "sdk/testing/set_attr.h"

namespace umsdk {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RamFsAttrTest : public RamFsTest {
 protected:
  mode_t Permissions(NodeId node) { return AttrOf(node).mode & 07777; }

  void SetMode(NodeId node, mode_t mode) {
    ASSERT_THAT(fs_.SetAttr(root_, node, ModeTo(mode)), Succeeds());
  }
  // Writes a byte through a descriptor that `caller` opened.
  void WriteAs(const Caller& caller, NodeId file) {
    ASSERT_SUCCEEDS_AND_ASSIGN(const OpenReply open, fs_.Open(caller, file, O_WRONLY));
    EXPECT_THAT(fs_.Write(file, open.handle, 0, std::string("x")), SucceedsWith(1u));
    fs_.Release(file, open.handle);
  }
};

TEST_F(RamFsAttrTest, TheRootIsAsTheOptionsSay) {
  RamFs fs({.root_mode = 01777, .root_uid = 5, .root_gid = 6});
  const Attr attr = fs.GetAttr(kRootNode).value();
  EXPECT_EQ(attr.mode, mode_t{S_IFDIR | 01777});
  EXPECT_EQ(attr.uid, 5u);
  EXPECT_EQ(attr.gid, 6u);
  EXPECT_EQ(attr.nlink, 2u);
}

TEST_F(RamFsAttrTest, TheMakerOwnsUnlessTheDirectoryGivesItsGroup) {
  ASSERT_SUCCEEDS_AND_ASSIGN(const Entry own, fs_.MakeNode(user_, kRootNode, "a", S_IFREG, 0));
  EXPECT_EQ(own.attr.uid, user_.uid);
  EXPECT_EQ(own.attr.gid, user_.gid);
  ASSERT_THAT(fs_.SetAttr(root_, kRootNode, OwnerTo(0, 77)), Succeeds());
  SetMode(kRootNode, 02777);
  ASSERT_SUCCEEDS_AND_ASSIGN(const Entry file,
                             fs_.MakeNode(user_, kRootNode, "b", S_IFREG | 02755, 0));
  EXPECT_EQ(file.attr.gid, 77u);
  EXPECT_EQ(file.attr.mode, S_IFREG | 0755u) << "he is not in that group";
  ASSERT_SUCCEEDS_AND_ASSIGN(const Entry dir, fs_.MakeDir(user_, kRootNode, "d", 0755));
  EXPECT_EQ(dir.attr.gid, 77u);
  EXPECT_EQ(dir.attr.mode, S_IFDIR | 02755u);
}

TEST_F(RamFsAttrTest, WritingClearsTheSetIdBitsUnlessUserZeroDoes) {
  const NodeId file = MakeFile(kRootNode, "a");
  SetMode(file, 06777);
  WriteAs(root_, file);
  EXPECT_EQ(Permissions(file), 06777u);
  WriteAs(user_, file);
  EXPECT_EQ(Permissions(file), 0777u);
}

TEST_F(RamFsAttrTest, SetGroupIdWithoutExecutionStaysForMembers) {
  const NodeId file = MakeFile(kRootNode, "a");
  ASSERT_THAT(fs_.SetAttr(root_, file, OwnerTo(0, 1001)), Succeeds());
  SetMode(file, 06766);
  WriteAs(user_, file);
  EXPECT_EQ(Permissions(file), 02766u) << "1001 is one of his groups";
  ASSERT_THAT(fs_.SetAttr(root_, file, OwnerTo(0, 1002)), Succeeds());
  SetMode(file, 06766);
  WriteAs(user_, file);
  EXPECT_EQ(Permissions(file), 0766u);
}

TEST_F(RamFsAttrTest, TruncatingAndAllocatingClearThemToo) {
  const NodeId file = MakeFile(kRootNode, "a");
  SetMode(file, 06777);
  ASSERT_THAT(fs_.SetAttr(user_, file, SizeTo(5)), Succeeds());
  EXPECT_EQ(Permissions(file), 0777u);
  SetMode(file, 06777);
  ASSERT_SUCCEEDS_AND_ASSIGN(const OpenReply open, fs_.Open(user_, file, O_WRONLY));
  ASSERT_THAT(fs_.Fallocate(file, open.handle, 0, 0, 10), Succeeds());
  EXPECT_EQ(Permissions(file), 0777u);
}

TEST_F(RamFsAttrTest, ChangingTheOwnerClearsThemEvenForUserZero) {
  const NodeId file = MakeFile(kRootNode, "a");
  const NodeId dir = MakeDirectory(kRootNode, "d");
  SetMode(file, 06777);
  SetMode(dir, 06777);
  ASSERT_THAT(fs_.SetAttr(root_, file, OwnerTo(1, 2)), Succeeds());
  ASSERT_THAT(fs_.SetAttr(root_, dir, OwnerTo(1, 2)), Succeeds());
  EXPECT_EQ(Permissions(file), 0777u);
  EXPECT_EQ(Permissions(dir), 06777u);
  EXPECT_EQ(AttrOf(file).uid, 1u);
  EXPECT_EQ(AttrOf(file).gid, 2u);
}

TEST_F(RamFsAttrTest, OnlyMembersMaySetTheSetGroupIdBit) {
  const NodeId file = MakeFile(kRootNode, "a");
  EXPECT_THAT(fs_.SetAttr(user_, file, ModeTo(02755)), Succeeds());
  EXPECT_EQ(Permissions(file), 0755u);
  ASSERT_THAT(fs_.SetAttr(root_, file, OwnerTo(1000, 1001)), Succeeds());
  EXPECT_THAT(fs_.SetAttr(user_, file, ModeTo(02755)), Succeeds());
  EXPECT_EQ(Permissions(file), 02755u);
}

TEST_F(RamFsAttrTest, FileCapabilitiesGoWithTheContents) {
  const NodeId file = MakeFile(kRootNode, "a");
  for (int change = 0; change < 3; ++change) {
    ASSERT_THAT(fs_.SetXattr(root_, file, "security.capability", "c", 0), Succeeds());
    if (change == 0) {
      WriteAs(root_, file);
    } else {
      const SetAttrRequest request = change == 1 ? SizeTo(0) : OwnerTo(1, 1);
      ASSERT_THAT(fs_.SetAttr(root_, file, request), Succeeds());
    }
    EXPECT_THAT(fs_.GetXattr(file, "security.capability"), FailsWith(ENODATA)) << change;
  }
}

TEST_F(RamFsAttrTest, SizesAreForRegularFiles) {
  EXPECT_THAT(fs_.SetAttr(root_, kRootNode, SizeTo(0)), FailsWith(EISDIR));
  ASSERT_SUCCEEDS_AND_ASSIGN(const Entry fifo,
                             fs_.MakeNode(root_, kRootNode, "p", S_IFIFO | 0600, 0));
  EXPECT_THAT(fs_.SetAttr(root_, fifo.node, SizeTo(0)), FailsWith(EINVAL));
  std::string out(1, 'x');
  EXPECT_THAT(fs_.Read(kRootNode, 0, 0, out), FailsWith(EISDIR));
  EXPECT_THAT(fs_.Read(fifo.node, 0, 0, out), FailsWith(EINVAL));
}

TEST_F(RamFsAttrTest, ReadingSetsTheAccessTimeOnlyWhereItTellsSomething) {
  const NodeId file = MakeFile(kRootNode, "a");
  ASSERT_THAT(fs_.Write(file, 0, 0, std::string("text")), Succeeds());
  std::string out(4, 'x');
  // Times in the past, so that the clock's step does not matter. ctime is now, newer than atime.
  const timespec kOld = {1000, 1};
  ASSERT_THAT(fs_.SetAttr(root_, file, TimesTo(kOld, kOld)), Succeeds());
  ASSERT_SUCCEEDS_AND_ASSIGN(const OpenReply quiet, fs_.Open(root_, file, O_RDONLY | O_NOATIME));
  ASSERT_THAT(fs_.Read(file, quiet.handle, 0, out), SucceedsWith(4u));
  EXPECT_EQ(Ns(AttrOf(file).atime), Ns(kOld)) << "O_NOATIME";
  ASSERT_THAT(fs_.Read(file, 0, 0, out), SucceedsWith(4u));
  EXPECT_EQ(Ns(AttrOf(file).atime), Ns(kOld)) << "the SDK's own read";

  ASSERT_SUCCEEDS_AND_ASSIGN(const OpenReply open, fs_.Open(root_, file, O_RDONLY));
  ASSERT_THAT(fs_.Read(file, open.handle, 0, out), SucceedsWith(4u));
  EXPECT_NE(Ns(AttrOf(file).atime), Ns(kOld));
  EXPECT_EQ(Ns(AttrOf(file).mtime), Ns(kOld));

  const timespec future = {AttrOf(file).ctime.tv_sec + 1000, 0};
  ASSERT_THAT(fs_.SetAttr(root_, file, TimesTo(future, kOld)), Succeeds());
  ASSERT_THAT(fs_.Read(file, open.handle, 0, out), SucceedsWith(4u));
  EXPECT_EQ(Ns(AttrOf(file).atime), Ns(future)) << "newer than the last change: nothing new";
}

TEST_F(RamFsAttrTest, EveryChangeGivesALaterChangeTime) {
  const NodeId file = MakeFile(kRootNode, "a");
  timespec last = AttrOf(file).ctime;
  for (int i = 0; i < 1000; ++i) {
    SetMode(file, 0600);
    const timespec now = AttrOf(file).ctime;
    ASSERT_TRUE(IsEarlier(last, now));
    last = now;
  }
  EXPECT_EQ(Ns(AttrOf(file).btime), Ns(AttrOf(file).atime)) << "set when it was made, never since";
}

TEST_F(RamFsAttrTest, TimeStampsStayInOrderAmongFiles) {
  const NodeId first = MakeFile(kRootNode, "a");
  for (int i = 0; i < 100; ++i) SetMode(first, 0600);
  const NodeId second = MakeFile(kRootNode, "b");
  EXPECT_FALSE(IsEarlier(AttrOf(second).ctime, AttrOf(first).ctime));
}

TEST_F(RamFsAttrTest, AnEmptyRequestChangesNothing) {
  const NodeId file = MakeFile(kRootNode, "a");
  const Attr before = AttrOf(file);
  ASSERT_THAT(fs_.SetAttr(root_, file, SetAttrRequest()), Succeeds());
  EXPECT_EQ(Ns(AttrOf(file).ctime), Ns(before.ctime));
}

TEST_F(RamFsAttrTest, ZeroRangeZeroesAndKeepsThePages) {
  const NodeId file = MakeFile(kRootNode, "a");
  ASSERT_THAT(fs_.Write(file, 0, 0, std::string(3 * 4096, 'x')), Succeeds());
  constexpr int kZero = FALLOC_FL_ZERO_RANGE;
  ASSERT_THAT(fs_.Fallocate(file, 0, kZero, 1, 3 * 4096), Succeeds());
  EXPECT_EQ(Contents(file), "x" + std::string(3 * 4096, '\0'));
  EXPECT_EQ(AttrOf(file).blocks, 4u * 8);
  ASSERT_THAT(fs_.Fallocate(file, 0, kZero | FALLOC_FL_KEEP_SIZE, 0, 9 * 4096), Succeeds());
  EXPECT_EQ(AttrOf(file).size, 3u * 4096 + 1);
  EXPECT_EQ(AttrOf(file).blocks, 9u * 8);
  EXPECT_EQ(Contents(file), std::string(3 * 4096 + 1, '\0'));
}

TEST_F(RamFsAttrTest, ExtendedAttributesFollowTheirRules) {
  const NodeId file = MakeFile(kRootNode, "a");
  EXPECT_THAT(fs_.SetXattr(root_, file, "user.a", "1", XATTR_REPLACE), FailsWith(ENODATA));
  EXPECT_THAT(fs_.SetXattr(root_, file, "user.a", "1", XATTR_CREATE), Succeeds());
  EXPECT_THAT(fs_.SetXattr(root_, file, "user.a", "2", XATTR_CREATE), FailsWith(EEXIST));
  EXPECT_THAT(fs_.SetXattr(root_, file, "user.a", "2", XATTR_REPLACE), Succeeds());
  EXPECT_THAT(fs_.GetXattr(file, "user.a"), SucceedsWith("2"));
  EXPECT_THAT(fs_.ListXattr(file), SucceedsWith(ElementsAre("user.a")));
  EXPECT_THAT(fs_.RemoveXattr(root_, file, "user.a"), Succeeds());
  EXPECT_THAT(fs_.ListXattr(file), SucceedsWith(IsEmpty()));
  EXPECT_THAT(fs_.SetXattr(root_, file, "user.", "1", 0), FailsWith(EINVAL));
  EXPECT_THAT(fs_.SetXattr(root_, file, "", "1", 0), FailsWith(ERANGE));
  EXPECT_THAT(fs_.SetXattr(root_, file, "none.a", "1", 0), FailsWith(EOPNOTSUPP));
  EXPECT_THAT(fs_.SetXattr(root_, file, "system.posix_acl_access", "1", 0), FailsWith(EOPNOTSUPP));
  EXPECT_THAT(fs_.SetXattr(root_, file, "user.a", std::string(65537, 'v'), 0), FailsWith(E2BIG));
  ASSERT_SUCCEEDS_AND_ASSIGN(const Entry link, fs_.Symlink(root_, kRootNode, "l", "t"));
  EXPECT_THAT(fs_.SetXattr(root_, link.node, "user.a", "1", 0), FailsWith(EPERM));
  EXPECT_THAT(fs_.GetXattr(link.node, "user.a"), FailsWith(ENODATA));
  EXPECT_THAT(fs_.SetXattr(root_, link.node, "trusted.a", "1", 0), Succeeds());
}

}  // namespace
}  // namespace umsdk
