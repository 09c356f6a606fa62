// What the daemon is asked, and what becomes of its answers.
#include <dirent.h>
#include <fcntl.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/umfuse/test_support.h"

namespace umsdk::umfuse {
namespace {

using testing::ElementsAre;

TEST_F(FuseFileSystemTest, AValidNameIsAskedOnce) {
  AnswerWith(FUSE_LOOKUP, EntryOf(5, kLong));
  EXPECT_EQ(Fs().Lookup(caller_, 1, "a")->node, 5u);
  EXPECT_EQ(Fs().Lookup(caller_, 1, "a")->attr.size, 5u);
  EXPECT_TRUE(Fs().GetAttr(5).ok());
  EXPECT_EQ(Asked(FUSE_LOOKUP).size(), 1u);
  EXPECT_EQ(Asked(FUSE_LOOKUP)[0].body, std::string("a\0", 2));
}

TEST_F(FuseFileSystemTest, OneThatIsNotValidIsAskedEachTimeAndForgottenAsOften) {
  AnswerWith(FUSE_LOOKUP, EntryOf(5, 0));
  ASSERT_TRUE(Fs().Lookup(caller_, 1, "a").ok());
  ASSERT_TRUE(Fs().Lookup(caller_, 1, "a").ok());
  Fs().Forget(5, 2);
  std::vector<Heard> forgets = Asked(FUSE_FORGET);
  ASSERT_EQ(forgets.size(), 1u);
  EXPECT_EQ(forgets[0].As<fuse_forget_in>().nlookup, 2u);
}

TEST_F(FuseFileSystemTest, ANegativeEntryIsKept) {
  AnswerWith(FUSE_LOOKUP, EntryOf(0, kLong));
  EXPECT_EQ(Fs().Lookup(caller_, 1, "a").error(), Errno(ENOENT));
  EXPECT_EQ(Fs().Lookup(caller_, 1, "a").error(), Errno(ENOENT));
  EXPECT_EQ(Asked(FUSE_LOOKUP).size(), 1u);
}

TEST_F(FuseFileSystemTest, WhatIsKnownIsToldWithoutACallerWhereAnybodyMaySeeIt) {
  AnswerWith(FUSE_LOOKUP, EntryOf(5, kLong));
  EXPECT_FALSE(Fs().LookupForAnybody(1, "a").has_value());  // the daemon may want to know who asks
  ASSERT_TRUE(Fs().Lookup(caller_, 1, "a").ok());
  std::optional<ErrnoOr<Entry>> known = Fs().LookupForAnybody(1, "a");
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ((*known)->node, 5u);
  EXPECT_EQ(Asked(FUSE_LOOKUP).size(), 1u);
}

TEST_F(FuseFileSystemTest, NobodyElseIsToldOfAMountForItsOwnerOnly) {
  AnswerWith(FUSE_LOOKUP, EntryOf(5, kLong));
  ASSERT_TRUE(Fs({.allow_other = false}).Lookup(Caller(), 1, "a").ok());
  EXPECT_FALSE(Fs().LookupForAnybody(1, "a").has_value());
}

TEST_F(FuseFileSystemTest, AnswersThatMakeNoSenseAreEio) {
  AnswerWith(FUSE_LOOKUP, EntryOf(5, 0, 0777));  // no file type
  EXPECT_EQ(Fs().Lookup(caller_, 1, "a").error(), Errno(EIO));
  EXPECT_EQ(Asked(FUSE_FORGET).size(), 1u);
  AnswerWith(FUSE_LOOKUP, fuse_forget_in{});  // too short
  EXPECT_EQ(Fs().Lookup(caller_, 1, "b").error(), Errno(EIO));
  AnswerWith(FUSE_MKDIR, EntryOf(6, 0));  // a file, not a directory
  EXPECT_EQ(Fs().MakeDir(caller_, 1, "c", 0755).error(), Errno(EIO));
}

TEST_F(FuseFileSystemTest, WhatADaemonLacksIsAskedOnce) {
  EXPECT_TRUE(Fs().Access(caller_, 1, R_OK).ok());
  EXPECT_TRUE(Fs().Access(caller_, 1, R_OK).ok());
  EXPECT_EQ(Asked(FUSE_ACCESS).size(), 1u);
  EXPECT_EQ(Fs().GetXattr(1, "user.a").error(), Errno(EOPNOTSUPP));
  EXPECT_EQ(Fs().Rename(caller_, 1, "a", 1, "b", 1).error(), Errno(EINVAL));
}

TEST_F(FuseFileSystemTest, CreateGivesAnOpenFile) {
  struct {
    fuse_entry_out entry;
    fuse_open_out open;
  } out = {EntryOf(5, 0), {77, FOPEN_KEEP_CACHE, 0}};
  AnswerWith(FUSE_CREATE, out);
  AnswerWith(FUSE_WRITE, fuse_write_out{5, 0});
  ErrnoOr<Created> created = Fs().Create(caller_, 1, "a", 0400, O_WRONLY | O_CREAT | O_EXCL);
  ASSERT_TRUE(created.ok());
  EXPECT_TRUE(created->open.keep_cache);
  EXPECT_EQ(*Fs().Write(5, created->open.handle, 0, std::string_view("hello")), 5u);
  EXPECT_EQ(Asked(FUSE_WRITE)[0].As<fuse_write_in>().fh, 77u);
  Fs().Release(5, created->open.handle);
  EXPECT_EQ(Asked(FUSE_RELEASE)[0].As<fuse_release_in>().fh, 77u);
}

// libfuse 2 aborts when it hears of the node's end first, and its threads share the messages.
TEST_F(FuseFileSystemTest, ForgetWaitsForTheAnswerToRelease) {
  uint64_t unanswered = 0;
  answers_[FUSE_RELEASE] = [&](ScriptedDaemon&, const Heard& heard) {
    unanswered = heard.header.unique;
  };
  answers_[FUSE_STATFS] = [&](ScriptedDaemon& daemon, const Heard& heard) {
    if (unanswered != 0) daemon.Reply(std::exchange(unanswered, 0), 0);
    daemon.Reply(heard.header.unique, -EIO);
  };
  AnswerWith(FUSE_LOOKUP, EntryOf(5, 0));
  AnswerWith(FUSE_OPEN, fuse_open_out{77, 0, 0});
  ASSERT_TRUE(Fs().Lookup(caller_, 1, "a").ok());
  ErrnoOr<OpenReply> open = Fs().Open(caller_, 5, O_RDONLY);
  ASSERT_TRUE(open.ok());
  Fs().Release(5, open->handle);
  Fs().Forget(5, 1);
  EXPECT_TRUE(Asked(FUSE_FORGET).empty());
  EXPECT_FALSE(Fs().StatFs().ok());  // its answer comes behind that to RELEASE
  EXPECT_EQ(Asked(FUSE_FORGET).size(), 1u);
}

TEST_F(FuseFileSystemTest, AWriteThatTakesNothingOrTooMuchIsEio) {
  AnswerWith(FUSE_WRITE, fuse_write_out{0, 0});
  EXPECT_EQ(Fs().Write(5, 1, 0, std::string_view("hello")).error(), Errno(EIO));
  AnswerWith(FUSE_WRITE, fuse_write_out{6, 0});
  EXPECT_EQ(Fs().Write(5, 1, 0, std::string_view("hello")).error(), Errno(EIO));
}

TEST_F(FuseFileSystemTest, AListOfAttributesWithAnEmptyNameIsEio) {
  AnswerWith(FUSE_LISTXATTR, fuse_getxattr_out{0xffffffff, 0});
  EXPECT_EQ(Fs().ListXattr(5).error(), Errno(EIO));
}

TEST_F(FuseFileSystemTest, ABadNameEndsAListingWhereItStands) {
  AnswerWith(FUSE_OPENDIR, fuse_open_out{9, 0, 0});
  answers_[FUSE_READDIR] = [](ScriptedDaemon& daemon, const Heard& heard) {
    struct {
      uint64_t ino, off;
      uint32_t namelen, type;
      char name[8];
    } list[2] = {{2, 1, 4, DT_REG, "good"}, {3, 2, 3, DT_REG, "a/b"}};
    daemon.Reply(heard.header.unique, 0, {reinterpret_cast<char*>(list), sizeof(list)});
  };
  std::vector<std::string> names;
  auto take = [&](const DirEntry& entry) {
    names.push_back(entry.name);
    return true;
  };
  EXPECT_TRUE(Fs().ReadDir(1, 0, take).ok());
  EXPECT_THAT(names, ElementsAre("good"));
  EXPECT_EQ(Fs().ReadDir(1, 1, take).error(), Errno(EIO));
  EXPECT_THAT(names, ElementsAre("good"));
}

TEST_F(FuseFileSystemTest, LongReadsAreSplitAndShortOnesEndThem) {
  constexpr uint64_t kSize = 3 << 20;
  answers_[FUSE_READ] = [](ScriptedDaemon& daemon, const Heard& heard) {
    auto in = heard.As<fuse_read_in>();
    uint64_t left = in.offset < kSize ? kSize - in.offset : 0;
    daemon.Reply(heard.header.unique, 0, std::string(std::min<uint64_t>(left, in.size), 'r'));
  };
  std::vector<char> out(kSize + 1000);
  EXPECT_EQ(*Fs().Read(5, 1, 0, out), kSize);
  EXPECT_GT(Asked(FUSE_READ).size(), 2u);
}

TEST_F(FuseFileSystemTest, ReadsADirectoryInPiecesWithOneHandle) {
  AnswerWith(FUSE_OPENDIR, fuse_open_out{9, 0, 0});
  answers_[FUSE_READDIRPLUS] = [](ScriptedDaemon& daemon, const Heard& heard) {
    // Offsets as large as they come; one entry at a time.
    constexpr uint64_t kFirst = uint64_t{1} << 63;
    uint64_t at = heard.As<fuse_read_in>().offset;
    uint64_t index = at == 0 ? 0 : at - kFirst + 1;
    if (index >= 3) return daemon.Reply(heard.header.unique, 0);
    fuse_entry_out entry = EntryOf(10 + index, kLong);
    std::string name = index == 0 ? "." : "file" + std::to_string(index);
    struct {
      uint64_t ino, off;
      uint32_t namelen, type;
    } head = {10 + index, kFirst + index, static_cast<uint32_t>(name.size()), DT_REG};
    std::string body(reinterpret_cast<char*>(&entry), sizeof(entry));
    body.append(reinterpret_cast<char*>(&head), sizeof(head)).append(name);
    body.resize((body.size() + 7) & ~size_t{7});
    daemon.Reply(heard.header.unique, 0, body);
  };
  std::vector<std::string> names;
  uint64_t place = 0;
  for (int call = 0; call < 3; ++call) {
    bool room = true;
    ASSERT_TRUE(Fs().ReadDir(1, place,
                             [&](const DirEntry& entry) {
                               if (!std::exchange(room, false)) return false;
                               names.push_back(entry.name);
                               place = entry.next;
                               return true;
                             })
                    .ok());
  }
  EXPECT_THAT(names, ElementsAre("file1", "file2"));
  EXPECT_EQ(Asked(FUSE_OPENDIR).size(), 1u);
  EXPECT_EQ(Asked(FUSE_RELEASEDIR).size(), 1u);
  EXPECT_EQ(Fs().Lookup(caller_, 1, "file2")->node, 12u);  // known from the listing
  EXPECT_EQ(Asked(FUSE_LOOKUP).size(), 0u);
  // Starting again behind the first entry: what is before it is skipped.
  names.clear();
  ASSERT_TRUE(Fs().ReadDir(1, 1,
                           [&](const DirEntry& entry) {
                             names.push_back(entry.name);
                             return true;
                           })
                  .ok());
  EXPECT_THAT(names, ElementsAre("file2"));
}

TEST_F(FuseFileSystemTest, NotificationsInvalidate) {
  AnswerWith(FUSE_LOOKUP, EntryOf(5, kLong));
  auto cache = std::make_shared<FakeCache>();
  Fs().SetCacheControl(cache);
  ASSERT_TRUE(Fs().Lookup(caller_, 1, "a").ok());
  daemon_->Notify(FUSE_NOTIFY_INVAL_ENTRY, fuse_notify_inval_entry_out{1, 1, 0},
                  std::string_view("a\0", 2));
  daemon_->Notify(FUSE_NOTIFY_INVAL_INODE, fuse_notify_inval_inode_out{5, 0, 0});
  (void)Asked(FUSE_LOOKUP);  // reads what came before the answer
  EXPECT_THAT(cache->dropped, ElementsAre(5u));
  ASSERT_TRUE(Fs().Lookup(caller_, 1, "a").ok());
  EXPECT_EQ(Asked(FUSE_LOOKUP).size(), 2u);
}

TEST_F(FuseFileSystemTest, RetrieveIsAnsweredWithNothing) {
  Fs();
  ASSERT_TRUE(conn_->Ready().ok());
  daemon_->Notify(FUSE_NOTIFY_RETRIEVE, fuse_notify_retrieve_out{1234, 5, 4096, 100, 0});
  (void)Asked(FUSE_LOOKUP);
  std::vector<Heard> replies = Asked(FUSE_NOTIFY_REPLY);
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].header.unique, 1234u);
  EXPECT_EQ(replies[0].As<fuse_notify_retrieve_in>().size, 0u);
}

TEST_F(FuseFileSystemTest, TheMountDecidesWhoAsks) {
  AnswerWith(FUSE_LOOKUP, EntryOf(5, 0));
  FuseMountOptions options;
  options.as_uid = 7;
  caller_.uid = 1000;
  caller_.gid = 100;
  options.allow_other = true;
  ASSERT_TRUE(Fs(options).Lookup(caller_, 1, "a").ok());
  Heard heard = Asked(FUSE_LOOKUP)[0];
  EXPECT_EQ(heard.header.uid, 7u);
  EXPECT_EQ(heard.header.gid, 100u);
  EXPECT_EQ(heard.header.pid, 42u);
}

}  // namespace
}  // namespace umsdk::umfuse
