// Locks, ioctl, copies, nameless files: what the daemon is asked, and what its answers become.
#include <fcntl.h>
#include <sys/ioctl.h>

#include <vector>

#include "gtest/gtest.h"
#include "services/umfuse/protocol/fake_waiting.h"
#include "services/umfuse/test_support.h"
#include "umsdk/device.h"

namespace umsdk::umfuse {
namespace {

class RequestsTest : public FuseFileSystemTest {
 protected:
  FileHandle OpenFile() {
    AnswerWith(FUSE_OPEN, fuse_open_out{77, 0, 0});
    ErrnoOr<OpenReply> open = Fs().Open(caller_, 5, O_RDWR);
    EXPECT_TRUE(open.ok());
    return open.ok() ? open->handle : 0;
  }
  static fuse_init_out InitWith(uint32_t flags, uint32_t minor = 31) {
    fuse_init_out init = ScriptedDaemon::DefaultInit();
    init.flags |= flags;
    init.minor = minor;
    return init;
  }
};

// ---- nodes in use ----

// The guest is killed while the daemon renames: it must not hear of the moved node's end before it
// has answered.
TEST_F(RequestsTest, ForgetWaitsForAllNodesOfARename) {
  FakeWaiting waiting;
  uint64_t unanswered = 0;
  answers_[FUSE_RENAME] = [&](ScriptedDaemon&, const Heard& heard) {
    unanswered = heard.header.unique;
    waiting.killed = true;
  };
  answers_[FUSE_STATFS] = [&](ScriptedDaemon& daemon, const Heard& heard) {
    if (unanswered != 0) daemon.Reply(std::exchange(unanswered, 0), 0);
    daemon.Reply(heard.header.unique, -EIO);
  };
  answers_[FUSE_LOOKUP] = [](ScriptedDaemon& daemon, const Heard& heard) {
    daemon.ReplyStruct(heard.header.unique, EntryOf(5 + static_cast<uint64_t>(heard.body[0] - 'a'), kLong));
  };
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(Fs().Lookup(caller_, 1, name).ok());
  {
    WaitingScope scope(&waiting);
    EXPECT_EQ(Fs().Rename(caller_, 1, "a", 1, "b", 0).error(), Errno(EINTR));
  }
  for (NodeId node : {5, 6, 7}) Fs().Forget(node, 1);
  for (const char* name : {"a", "b", "c"}) {
    daemon_->Notify(FUSE_NOTIFY_INVAL_ENTRY, fuse_notify_inval_entry_out{1, 1, 0}, std::string_view(name, 2));
  }
  (void)Asked(FUSE_FORGET);  // reads the notifications
  Fs().Forget(99, 1);        // sends what may be sent
  std::vector<Heard> forgets = Asked(FUSE_FORGET);
  ASSERT_EQ(forgets.size(), 1u);
  EXPECT_EQ(forgets[0].header.nodeid, 7u);  // it has no part in the renaming
  EXPECT_FALSE(Fs().StatFs().ok());
  EXPECT_EQ(Asked(FUSE_BATCH_FORGET).size(), 1u);
}

// ---- locks ----

TEST_F(RequestsTest, LocksAreTheDaemonsIfItSaidSo) {
  EXPECT_FALSE(Fs().KeepsLocks(LockKind::kPosix));
  EXPECT_FALSE(Fs().KeepsLocks(LockKind::kFlock));
}

TEST_F(RequestsTest, EachKindOfLockIsAskedForByItself) {
  init_ = InitWith(FUSE_FLOCK_LOCKS);
  EXPECT_FALSE(Fs().KeepsLocks(LockKind::kPosix));
  EXPECT_TRUE(Fs().KeepsLocks(LockKind::kFlock));
}

TEST_F(RequestsTest, AnOldDaemonsFlocksGoWithItsOtherLocks) {
  init_ = InitWith(FUSE_POSIX_LOCKS, 12);
  EXPECT_TRUE(Fs().KeepsLocks(LockKind::kFlock));
}

TEST_F(RequestsTest, ALockNamesItsOwnerAndRange) {
  init_ = InitWith(FUSE_POSIX_LOCKS);
  FileHandle handle = OpenFile();
  answers_[FUSE_SETLK] = [](ScriptedDaemon& daemon, const Heard& heard) {
    daemon.Reply(heard.header.unique, heard.As<fuse_lk_in>().owner == 9 ? 0 : -EAGAIN);
  };
  FileLock lock{F_WRLCK, 10, 19, 9};
  EXPECT_TRUE(Fs().SetLock(5, handle, LockKind::kPosix, 9, lock, false).ok());
  EXPECT_EQ(Fs().SetLock(5, handle, LockKind::kPosix, 8, lock, false).error(), Errno(EAGAIN));
  auto in = Asked(FUSE_SETLK)[0].As<fuse_lk_in>();
  EXPECT_EQ(in.fh, 77u);
  EXPECT_EQ(in.lk.start, 10u);
  EXPECT_EQ(in.lk.end, 19u);
  EXPECT_EQ(in.lk.type, static_cast<uint32_t>(F_WRLCK));
  EXPECT_EQ(in.lk.pid, 9u);
  EXPECT_EQ(in.lk_flags, 0u);
}

TEST_F(RequestsTest, GetLockTellsWhoHasItAndNoNonsense) {
  FileHandle handle = OpenFile();
  fuse_lk_out out = {{5, 9, F_RDLCK, 123}};
  AnswerWith(FUSE_GETLK, out);
  ErrnoOr<FileLock> found = Fs().GetLock(5, handle, 9, FileLock{F_WRLCK, 0, INT64_MAX, 0});
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->type, F_RDLCK);
  EXPECT_EQ(found->start, 5u);
  EXPECT_EQ(found->end, 9u);
  EXPECT_EQ(found->pid, 123);
  AnswerWith(FUSE_GETLK, fuse_lk_out{{9, 5, F_RDLCK, 123}});
  EXPECT_EQ(Fs().GetLock(5, handle, 9, FileLock()).error(), Errno(EIO));
  AnswerWith(FUSE_GETLK, fuse_lk_out{{0, 5, 7, 123}});
  EXPECT_EQ(Fs().GetLock(5, handle, 9, FileLock()).error(), Errno(EIO));
}

TEST_F(RequestsTest, AFlockEndsWithTheRelease) {
  FileHandle handle = OpenFile();
  answers_[FUSE_SETLKW] = [](ScriptedDaemon& daemon, const Heard& heard) {
    daemon.Reply(heard.header.unique, 0);
  };
  FileLock lock{F_WRLCK, 0, INT64_MAX, 0};
  EXPECT_TRUE(Fs().SetLock(5, handle, LockKind::kFlock, 44, lock, true).ok());
  EXPECT_EQ(Asked(FUSE_SETLKW)[0].As<fuse_lk_in>().lk_flags, uint32_t{FUSE_LK_FLOCK});
  Fs().Release(5, handle);
  auto in = Asked(FUSE_RELEASE)[0].As<fuse_release_in>();
  EXPECT_EQ(in.release_flags, uint32_t{FUSE_RELEASE_FLOCK_UNLOCK});
  EXPECT_EQ(in.lock_owner, 44u);
}

TEST_F(RequestsTest, ACloseDropsLocksByFlushOrWithoutItByUnlocking) {
  FileHandle handle = OpenFile();
  Fs().DropLocks(5, handle, 9);
  EXPECT_EQ(Asked(FUSE_FLUSH)[0].As<fuse_flush_in>().lock_owner, 9u);
  auto in = Asked(FUSE_SETLK)[0].As<fuse_lk_in>();  // FLUSH was ENOSYS
  EXPECT_EQ(in.owner, 9u);
  EXPECT_EQ(in.lk.type, static_cast<uint32_t>(F_UNLCK));
  EXPECT_EQ(in.lk.end, static_cast<uint64_t>(INT64_MAX));
}

TEST_F(RequestsTest, ALockThatIsGrantedToADeadGuestIsGivenBack) {
  FileHandle handle = OpenFile();
  FakeWaiting waiting;
  uint64_t unanswered = 0;
  answers_[FUSE_SETLKW] = [&](ScriptedDaemon&, const Heard& heard) {
    unanswered = heard.header.unique;
    waiting.killed = true;
  };
  answers_[FUSE_STATFS] = [&](ScriptedDaemon& daemon, const Heard& heard) {
    daemon.Reply(unanswered, 0);
    daemon.Reply(heard.header.unique, -EIO);
  };
  {
    WaitingScope scope(&waiting);
    FileLock lock{F_WRLCK, 10, 19, 9};
    EXPECT_EQ(Fs().SetLock(5, handle, LockKind::kPosix, 9, lock, true).error(), Errno(EINTR));
  }
  EXPECT_FALSE(Fs().StatFs().ok());
  std::vector<Heard> unlocks = Asked(FUSE_SETLK);
  ASSERT_EQ(unlocks.size(), 1u);
  auto in = unlocks[0].As<fuse_lk_in>();
  EXPECT_EQ(in.owner, 9u);
  EXPECT_EQ(in.lk.type, static_cast<uint32_t>(F_UNLCK));
  EXPECT_EQ(in.lk.start, 10u);
}

// ---- ioctl ----

class FakeMemory final : public IoctlMemory {
 public:
  ErrnoOrOk Read(uint64_t, std::span<char> out) override {
    std::copy_n(bytes.begin(), out.size(), out.begin());
    return {};
  }
  ErrnoOrOk Write(uint64_t, std::span<const char> in) override {
    std::copy_n(in.begin(), in.size(), bytes.begin());
    return {};
  }
  std::string bytes = std::string(64, '.');
};

TEST_F(RequestsTest, AnIoctlCarriesWhatItsNumberSays) {
  FileHandle handle = OpenFile();
  answers_[FUSE_IOCTL] = [](ScriptedDaemon& daemon, const Heard& heard) {
    fuse_ioctl_out out = {7, 0, 0, 0};
    std::string body(reinterpret_cast<char*>(&out), sizeof(out));
    if (heard.As<fuse_ioctl_in>().out_size > 0) body += "new!";
    daemon.Reply(heard.header.unique, 0, body);
  };
  FakeMemory memory;
  memory.bytes = "old!rest";
  EXPECT_EQ(*Fs().Ioctl(caller_, 5, handle, _IOWR('E', 1, int), 1000, memory), 7);
  EXPECT_EQ(memory.bytes, "new!rest");
  EXPECT_EQ(*Fs().Ioctl(caller_, 5, handle, _IOW('E', 2, int), 1000, memory), 7);
  EXPECT_EQ(*Fs().Ioctl(caller_, 5, handle, _IO('E', 3), 1000, memory), 7);
  std::vector<Heard> asked = Asked(FUSE_IOCTL);
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_EQ(asked[0].body.substr(sizeof(fuse_ioctl_in)), "old!");
  EXPECT_EQ(asked[1].body.substr(sizeof(fuse_ioctl_in)), "new!");
  EXPECT_EQ(asked[1].As<fuse_ioctl_in>().out_size, 0u);
  EXPECT_EQ(asked[2].body.size(), sizeof(fuse_ioctl_in));
  EXPECT_EQ(asked[2].As<fuse_ioctl_in>().arg, 1000u);
  EXPECT_EQ(asked[2].As<fuse_ioctl_in>().fh, 77u);
}

TEST_F(RequestsTest, AnIoctlMayNotReachForOtherMemory) {
  FileHandle handle = OpenFile();
  FakeMemory memory;
  AnswerWith(FUSE_IOCTL, fuse_ioctl_out{0, FUSE_IOCTL_RETRY, 1, 1});
  EXPECT_EQ(Fs().Ioctl(caller_, 5, handle, _IO('E', 1), 0, memory).error(), Errno(EIO));
  AnswerWith(FUSE_IOCTL, fuse_ioctl_out{-EBUSY, 0, 0, 0});
  EXPECT_EQ(Fs().Ioctl(caller_, 5, handle, _IO('E', 1), 0, memory).error(), Errno(EBUSY));
}

TEST_F(RequestsTest, WithoutIoctlItIsNoTerminal) {
  FileHandle handle = OpenFile();
  FakeMemory memory;
  EXPECT_EQ(Fs().Ioctl(caller_, 5, handle, _IO('E', 1), 0, memory).error(), Errno(ENOTTY));
}

TEST_F(RequestsTest, AnIoctlOfADirectoryHasAHandleOfItsOwn) {
  AnswerWith(FUSE_OPENDIR, fuse_open_out{9, 0, 0});
  AnswerWith(FUSE_IOCTL, fuse_ioctl_out{0, 0, 0, 0});
  FakeMemory memory;
  EXPECT_EQ(*Fs().Ioctl(caller_, 1, std::nullopt, _IO('E', 1), 0, memory), 0);
  auto in = Asked(FUSE_IOCTL)[0].As<fuse_ioctl_in>();
  EXPECT_EQ(in.fh, 9u);
  EXPECT_EQ(in.flags, uint32_t{FUSE_IOCTL_DIR});
  EXPECT_EQ(Asked(FUSE_RELEASEDIR).size(), 1u);
}

// ---- copies, nameless files, syncfs ----

TEST_F(RequestsTest, ACopyIsTheDaemons) {
  FileHandle handle = OpenFile();
  AnswerWith(FUSE_COPY_FILE_RANGE, fuse_write_out{4096, 0});
  EXPECT_EQ(*Fs().CopyRange(5, handle, 10, 6, handle, 20, uint64_t{1} << 40), 4096u);
  auto in = Asked(FUSE_COPY_FILE_RANGE)[0].As<fuse_copy_file_range_in>();
  EXPECT_EQ(in.nodeid_out, 6u);
  EXPECT_EQ(in.off_in, 10u);
  EXPECT_EQ(in.off_out, 20u);
  EXPECT_LT(in.len, uint64_t{1} << 32);
  EXPECT_EQ(Fs().CopyRange(5, handle, 0, 6, handle, 0, 4095).error(), Errno(EIO));  // more than was asked for
}

TEST_F(RequestsTest, WithoutCopiesTheSdkCopies) {
  FileHandle handle = OpenFile();
  EXPECT_EQ(Fs().CopyRange(5, handle, 0, 6, handle, 0, 10).error(), Errno(EOPNOTSUPP));
  EXPECT_EQ(Fs().CopyRange(5, handle, 0, 6, handle, 0, 10).error(), Errno(EOPNOTSUPP));
  EXPECT_EQ(Asked(FUSE_COPY_FILE_RANGE).size(), 1u);
}

TEST_F(RequestsTest, ANamelessFileIsOpen) {
  struct {
    fuse_entry_out entry;
    fuse_open_out open;
  } out = {EntryOf(5, kLong), {77, 0, 0}};
  AnswerWith(FUSE_TMPFILE, out);
  ErrnoOr<Created> created = Fs().CreateTmpFile(caller_, 1, 0600, O_TMPFILE | O_RDWR);
  ASSERT_TRUE(created.ok());
  EXPECT_EQ(created->entry.node, 5u);
  auto in = Asked(FUSE_TMPFILE)[0].As<fuse_create_in>();
  EXPECT_EQ(in.flags & O_TMPFILE, static_cast<uint32_t>(O_TMPFILE));
  EXPECT_EQ(in.mode, static_cast<uint32_t>(S_IFREG | 0600));
  Fs().Release(5, created->open.handle);
  EXPECT_EQ(Asked(FUSE_RELEASE)[0].As<fuse_release_in>().fh, 77u);
  Fs().Forget(5, 1);
  EXPECT_EQ(Asked(FUSE_FORGET).size(), 1u);
}

TEST_F(RequestsTest, WithoutNamelessFilesTheyAreNotSupported) {
  EXPECT_EQ(Fs().CreateTmpFile(caller_, 1, 0600, O_TMPFILE | O_RDWR).error(), Errno(EOPNOTSUPP));
  EXPECT_EQ(Fs().CreateTmpFile(caller_, 1, 0600, O_TMPFILE | O_RDWR).error(), Errno(EOPNOTSUPP));
  EXPECT_EQ(Asked(FUSE_TMPFILE).size(), 1u);
}

TEST_F(RequestsTest, SyncReachesDaemonsNewEnough) {
  EXPECT_TRUE(Fs().Sync().ok());
  EXPECT_TRUE(Asked(FUSE_SYNCFS).empty());
}

TEST_F(RequestsTest, SyncTellsTheDaemonsError) {
  init_ = InitWith(0, 34);
  answers_[FUSE_SYNCFS] = [](ScriptedDaemon& daemon, const Heard& heard) {
    daemon.Reply(heard.header.unique, -ENOSPC);
  };
  EXPECT_EQ(Fs().Sync().error(), Errno(ENOSPC));
}

}  // namespace
}  // namespace umsdk::umfuse
