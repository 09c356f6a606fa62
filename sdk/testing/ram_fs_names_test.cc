// Names in a RamFs where tmpfs is no judge, and the rules that should be legible: listings that go
// on, how long nodes live.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>

#include <string>
#include <vector>

#include "sdk/testing/ram_fs_fixture.h"

namespace umsdk {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using RamFsNamesTest = RamFsTest;

TEST_F(RamFsNamesTest, LookupFindsWhatWasMadeWithItsAttributes) {
  const NodeId file = MakeFile(kRootNode, "a", 0640);
  ASSERT_SUCCEEDS_AND_ASSIGN(const Entry found, fs_.Lookup(root_, kRootNode, "a"));
  EXPECT_EQ(found.node, file);
  EXPECT_EQ(found.attr.mode, mode_t{S_IFREG | 0640});
  EXPECT_EQ(found.attr.nlink, 1u);
  EXPECT_THAT(fs_.Lookup(root_, kRootNode, "b"), FailsWith(ENOENT));
  EXPECT_THAT(fs_.Lookup(root_, file, "a"), FailsWith(ENOTDIR));
  EXPECT_THAT(fs_.Lookup(root_, 999, "a"), FailsWith(ESTALE));
}

TEST_F(RamFsNamesTest, DotNamesAreTheDirectoryAndItsParent) {
  const NodeId dir = MakeDirectory(kRootNode, "d");
  EXPECT_EQ(fs_.Lookup(root_, dir, ".").value().node, dir);
  EXPECT_EQ(fs_.Lookup(root_, dir, "..").value().node, kRootNode);
  EXPECT_EQ(fs_.Lookup(root_, kRootNode, "..").value().node, kRootNode);
  EXPECT_THAT(fs_.MakeDir(root_, dir, ".", 0755), FailsWith(EEXIST));
  EXPECT_THAT(fs_.Unlink(root_, dir, "."), FailsWith(EISDIR));
  EXPECT_THAT(fs_.RemoveDir(root_, dir, "."), FailsWith(EINVAL));
  EXPECT_THAT(fs_.RemoveDir(root_, dir, ".."), FailsWith(ENOTEMPTY));
  EXPECT_THAT(fs_.Rename(root_, dir, ".", kRootNode, "e", 0), FailsWith(EBUSY));
  EXPECT_THAT(fs_.Rename(root_, kRootNode, "d", dir, "..", 0), FailsWith(EBUSY));
}

TEST_F(RamFsNamesTest, RefusesWhatCannotBeAName) {
  EXPECT_THAT(fs_.MakeDir(root_, kRootNode, "", 0755), FailsWith(ENOENT));
  EXPECT_THAT(fs_.MakeDir(root_, kRootNode, "a/b", 0755), FailsWith(EINVAL));
  EXPECT_THAT(fs_.MakeDir(root_, kRootNode, std::string_view("a\0b", 3), 0755), FailsWith(EINVAL));
  EXPECT_THAT(fs_.MakeDir(root_, kRootNode, std::string(256, 'n'), 0755), FailsWith(ENAMETOOLONG));
  EXPECT_THAT(fs_.MakeDir(root_, kRootNode, std::string(255, 'n'), 0755), Succeeds());
}

TEST_F(RamFsNamesTest, SymlinksKeepTheirTarget) {
  const std::string target(4095, 't');
  ASSERT_SUCCEEDS_AND_ASSIGN(const Entry link, fs_.Symlink(root_, kRootNode, "l", target));
  EXPECT_THAT(fs_.ReadLink(link.node), SucceedsWith(target));
  EXPECT_EQ(link.attr.size, target.size());
  EXPECT_EQ(link.attr.mode, mode_t{S_IFLNK | 0777});
  EXPECT_THAT(fs_.Symlink(root_, kRootNode, "m", target + "t"), FailsWith(ENAMETOOLONG));
  EXPECT_THAT(fs_.Symlink(root_, kRootNode, "m", ""), FailsWith(ENOENT));
  EXPECT_THAT(fs_.ReadLink(kRootNode), FailsWith(EINVAL));
}

TEST_F(RamFsNamesTest, MakeNodeKnowsAllTypesButDirectories) {
  EXPECT_EQ(fs_.MakeNode(root_, kRootNode, "c", S_IFCHR | 0600, 0x103).value().attr.rdev, 0x103u);
  EXPECT_EQ(fs_.MakeNode(root_, kRootNode, "p", S_IFIFO | 0600, 7).value().attr.rdev, 0u);
  EXPECT_EQ(fs_.MakeNode(root_, kRootNode, "f", 0600, 0).value().attr.mode, S_IFREG | 0600u);
  EXPECT_THAT(fs_.MakeNode(root_, kRootNode, "d", S_IFDIR | 0700, 0), FailsWith(EPERM));
  EXPECT_THAT(fs_.MakeNode(root_, kRootNode, "l", S_IFLNK | 0700, 0), FailsWith(EINVAL));
}

TEST_F(RamFsNamesTest, AnUnlinkedFileLivesWhileItIsOpen) {
  const NodeId file = MakeFile(kRootNode, "a");
  ASSERT_SUCCEEDS_AND_ASSIGN(const OpenReply open, fs_.Open(root_, file, O_RDWR));
  ASSERT_THAT(fs_.Unlink(root_, kRootNode, "a"), Succeeds());
  fs_.Forget(file, 1);
  EXPECT_THAT(fs_.Write(file, open.handle, 0, std::string("still")), SucceedsWith(5u));
  EXPECT_EQ(Contents(file), "still");
  EXPECT_EQ(AttrOf(file).nlink, 0u);
  fs_.Release(file, open.handle);
  EXPECT_THAT(fs_.GetAttr(file), FailsWith(ESTALE));
}

TEST_F(RamFsNamesTest, AnUnlinkedFileLivesUntilEveryLookupIsForgotten) {
  const NodeId file = MakeFile(kRootNode, "a");
  EXPECT_THAT(fs_.Lookup(root_, kRootNode, "a"), Succeeds());
  ASSERT_THAT(fs_.Unlink(root_, kRootNode, "a"), Succeeds());
  fs_.Forget(file, 1);
  EXPECT_THAT(fs_.GetAttr(file), Succeeds());
  fs_.Forget(file, 1);
  EXPECT_THAT(fs_.GetAttr(file), FailsWith(ESTALE));
}

TEST_F(RamFsNamesTest, AForgottenFileKeepsItsNameAndNumber) {
  const NodeId file = MakeFile(kRootNode, "a");
  fs_.Forget(file, 1000);
  EXPECT_EQ(fs_.Lookup(root_, kRootNode, "a").value().node, file);
  fs_.Forget(kRootNode, 1000);
  EXPECT_THAT(fs_.GetAttr(kRootNode), Succeeds());
}

TEST_F(RamFsNamesTest, ATmpFileMayBeGivenANameOnce) {
  ASSERT_SUCCEEDS_AND_ASSIGN(const Entry file, fs_.TmpFile(root_, kRootNode, 0600));
  EXPECT_EQ(file.attr.nlink, 0u);
  EXPECT_THAT(Names(kRootNode), IsEmpty());
  ASSERT_SUCCEEDS_AND_ASSIGN(const Entry linked, fs_.Link(root_, file.node, kRootNode, "a"));
  EXPECT_EQ(linked.attr.nlink, 1u);
  ASSERT_THAT(fs_.Unlink(root_, kRootNode, "a"), Succeeds());
  EXPECT_THAT(fs_.Link(root_, file.node, kRootNode, "b"), FailsWith(ENOENT));
}

TEST_F(RamFsNamesTest, RenameRefusesUnknownFlags) {
  MakeFile(kRootNode, "a");
  constexpr unsigned kBoth = RENAME_NOREPLACE | RENAME_EXCHANGE;
  EXPECT_THAT(fs_.Rename(root_, kRootNode, "a", kRootNode, "b", kBoth), FailsWith(EINVAL));
  EXPECT_THAT(fs_.Rename(root_, kRootNode, "a", kRootNode, "b", RENAME_WHITEOUT),
              FailsWith(EINVAL));
}

TEST_F(RamFsNamesTest, ADirectoryCannotMoveBelowItself) {
  const NodeId a = MakeDirectory(kRootNode, "a");
  const NodeId b = MakeDirectory(a, "b");
  EXPECT_THAT(fs_.Rename(root_, kRootNode, "a", a, "x", 0), FailsWith(EINVAL));
  EXPECT_THAT(fs_.Rename(root_, kRootNode, "a", b, "x", 0), FailsWith(EINVAL));
  EXPECT_THAT(fs_.Rename(root_, a, "b", kRootNode, "a", 0), FailsWith(ENOTEMPTY));
  EXPECT_THAT(fs_.Rename(root_, a, "b", kRootNode, "a", RENAME_EXCHANGE), FailsWith(EINVAL));
}

TEST_F(RamFsNamesTest, AListingGoesOnWhileItsEntriesAreRemoved) {
  for (char name = 'a'; name <= 'j'; ++name) MakeFile(kRootNode, std::string(1, name));
  // As rm -r does: list some, remove them, go on.
  std::vector<std::string> seen;
  uint64_t offset = 0;
  while (true) {
    std::vector<std::string> part;
    ASSERT_THAT(fs_.ReadDir(kRootNode, offset,
                            [&](const DirEntry& entry) {
                              part.push_back(entry.name);
                              offset = entry.next;
                              return part.size() < 3;
                            }),
                Succeeds());
    if (part.empty()) break;
    for (const std::string& name : part) {
      EXPECT_THAT(fs_.Unlink(root_, kRootNode, name), Succeeds());
      seen.push_back(name);
    }
  }
  EXPECT_EQ(seen.size(), 10u);
  EXPECT_THAT(Names(kRootNode), IsEmpty());
}

TEST_F(RamFsNamesTest, AListingThatRenamesItsEntriesEnds) {
  constexpr int kFiles = 200;  // more than are copied at a time
  for (int i = 0; i < kFiles; ++i) MakeFile(kRootNode, "f" + std::to_string(i));
  int listed = 0;
  ASSERT_THAT(fs_.ReadDir(kRootNode, 0,
                          [&](const DirEntry& entry) {
                            ++listed;
                            // The listing holds no lock: it may be called back.
                            EXPECT_THAT(fs_.Rename(root_, kRootNode, entry.name, kRootNode,
                                                   entry.name + "x", 0),
                                        Succeeds());
                            return listed < 10 * kFiles;
                          }),
              Succeeds());
  EXPECT_EQ(listed, kFiles);
}

TEST_F(RamFsNamesTest, ListsTypesAndNumbers) {
  const NodeId dir = MakeDirectory(kRootNode, "d");
  ASSERT_THAT(fs_.Symlink(root_, kRootNode, "l", "d"), Succeeds());
  std::vector<std::pair<std::string, int>> types;
  ASSERT_THAT(fs_.ReadDir(kRootNode, 0,
                          [&](const DirEntry& entry) {
                            types.emplace_back(entry.name, entry.type);
                            if (entry.name == "d") {
                              EXPECT_EQ(entry.ino, dir);
                            }
                            return true;
                          }),
              Succeeds());
  EXPECT_THAT(types, UnorderedElementsAre(std::pair<std::string, int>("d", DT_DIR),
                                          std::pair<std::string, int>("l", DT_LNK)));
  const NodeId file = MakeFile(kRootNode, "f");
  EXPECT_THAT(fs_.ReadDir(file, 0, [](const DirEntry&) { return true; }), FailsWith(ENOTDIR));
}

TEST_F(RamFsNamesTest, ExchangeKeepsBothNames) {
  const NodeId dir = MakeDirectory(kRootNode, "d");
  const NodeId inner = MakeDirectory(dir, "inner");
  const NodeId file = MakeFile(kRootNode, "f");
  ASSERT_THAT(fs_.Rename(root_, kRootNode, "f", dir, "inner", RENAME_EXCHANGE), Succeeds());
  EXPECT_EQ(fs_.Lookup(root_, dir, "inner").value().node, file);
  EXPECT_EQ(fs_.Lookup(root_, kRootNode, "f").value().node, inner);
  EXPECT_EQ(fs_.Lookup(root_, inner, "..").value().node, kRootNode);
  EXPECT_EQ(AttrOf(dir).nlink, 2u);
  EXPECT_EQ(AttrOf(kRootNode).nlink, 4u);
}

TEST(RamFsDepthTest, AVeryDeepTreeIsDestroyedWithoutDeepRecursion) {
  RamFs fs;
  const Caller caller;
  NodeId dir = kRootNode;
  for (int depth = 0; depth < 100000; ++depth) {
    const NodeId parent = dir;
    ASSERT_SUCCEEDS_AND_ASSIGN(const Entry made, fs.MakeDir(caller, parent, "d", 0755));
    dir = made.node;
  }
}

}  // namespace
}  // namespace umsdk
