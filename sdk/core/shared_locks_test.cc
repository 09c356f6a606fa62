// What the file system is told when locks on the kernel object come and go.
#include "sdk/core/shared_locks.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "sdk/base/unique_fd.h"

namespace umsdk {
namespace {

// Notes what it is asked, and grants all.
class NotingFs final : public FileSystem {
 public:
  ErrnoOr<Entry> Lookup(const Caller&, NodeId, std::string_view) override { return Errno(ENOENT); }
  ErrnoOr<Attr> GetAttr(NodeId) override { return Attr(); }
  ErrnoOrOk SetLock(NodeId, FileHandle, LockKind kind, uint64_t owner, const FileLock& lock, bool) override {
    std::string range = std::to_string(lock.start) + "-" +
                        (lock.end == INT64_MAX ? std::string("end") : std::to_string(lock.end));
    bool right = kind == LockKind::kFlock || owner == kDescriptionsOwner;
    notes.push_back((kind == LockKind::kFlock ? "flock " + std::to_string(lock.type)
                                              : range + " " + std::to_string(lock.type)) +
                    (right ? "" : " of a strange owner"));
    return refuses ? ErrnoOrOk(Errno(EAGAIN)) : ErrnoOrOk();
  }
  void DropLocks(NodeId, FileHandle, uint64_t owner) override {
    if (owner == kDescriptionsOwner) return notes.push_back("drop descriptions'");
    notes.push_back(owner == static_cast<uint64_t>(::getpid()) ? "drop mine" : "drop another's");
  }
  std::vector<std::string> notes;
  bool refuses = false;
};

class SharedLocksTest : public testing::Test {
 protected:
  void SetUp() override {
    memfd_.Reset(::memfd_create("file", MFD_CLOEXEC));
    struct stat st;
    ASSERT_EQ(::fstat(memfd_.get(), &st), 0);
    key_ = {st.st_dev, st.st_ino};
  }
  bool LockNatively(short type) {
    struct flock lock = {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    return ::fcntl(memfd_.get(), F_SETLK, &lock) == 0;
  }
  void Grant(pid_t process) {
    ASSERT_TRUE(locks_.Begin(process).ok());
    locks_.End(process, true);
  }
  void Settle() { locks_.Settle(key_, fs_, 5, 7); }

  UniqueFd memfd_;
  ObjectKey key_;
  NotingFs fs_;
  SharedLocks locks_;
};

using Notes = std::vector<std::string>;

TEST_F(SharedLocksTest, WhatIsHeldStays) {
  ASSERT_TRUE(LockNatively(F_WRLCK));
  Grant(::getpid());
  Settle();
  EXPECT_EQ(fs_.notes, Notes());
  EXPECT_FALSE(locks_.empty());
}

TEST_F(SharedLocksTest, WhatACloseDroppedIsGivenBackOnce) {
  ASSERT_TRUE(LockNatively(F_WRLCK));
  Grant(::getpid());
  ::close(::dup(memfd_.get()));  // as fcntl_locking(2) says
  Settle();
  Settle();
  EXPECT_EQ(fs_.notes, Notes{"drop mine"});
  EXPECT_TRUE(locks_.empty());
}

TEST_F(SharedLocksTest, WhoIsAskingIsNotTakenForGone) {
  Grant(::getpid());
  ASSERT_TRUE(locks_.Begin(::getpid()).ok());
  Settle();
  EXPECT_EQ(fs_.notes, Notes());
  locks_.End(::getpid(), false);
  Settle();
  EXPECT_EQ(fs_.notes, Notes{"drop mine"});
}

TEST_F(SharedLocksTest, ARefusalLeavesNothing) {
  ASSERT_TRUE(locks_.Begin(::getpid()).ok());
  locks_.End(::getpid(), false);
  EXPECT_TRUE(locks_.empty());
}

TEST_F(SharedLocksTest, OneOfSeveralOwnersGoes) {
  ASSERT_TRUE(LockNatively(F_RDLCK));
  Grant(::getpid());
  Grant(INT_MAX);  // no process
  Settle();
  EXPECT_EQ(fs_.notes, Notes{"drop another's"});
}

TEST_F(SharedLocksTest, TheViewsFlockIsTheStrongestThatGuestsHave) {
  const std::string self = "/proc/self/fd/" + std::to_string(memfd_.get());
  UniqueFd a(::open(self.c_str(), O_RDWR)), b(::open(self.c_str(), O_RDWR));
  auto match = [&] { return locks_.MatchFlock(key_, fs_, 5, 7, false); };
  ASSERT_EQ(::flock(a.get(), LOCK_SH), 0);
  EXPECT_TRUE(match().ok());
  ASSERT_EQ(::flock(b.get(), LOCK_SH), 0);
  EXPECT_TRUE(match().ok());  // it has that already
  a.Reset();
  Settle();
  ASSERT_EQ(::flock(b.get(), LOCK_EX), 0);
  EXPECT_TRUE(match().ok());
  b.Reset();
  Settle();
  EXPECT_EQ(fs_.notes, (Notes{"flock 0", "flock 1", "flock 2"}));
  EXPECT_TRUE(locks_.empty());
}

TEST_F(SharedLocksTest, ARefusedFlockIsNotTheViews) {
  ASSERT_EQ(::flock(memfd_.get(), LOCK_EX), 0);
  fs_.refuses = true;
  EXPECT_EQ(locks_.MatchFlock(key_, fs_, 5, 7, false).error(), Errno(EAGAIN));
  EXPECT_TRUE(locks_.empty());
}

// ---- locks of open file descriptions ----

class DescriptionLocksTest : public SharedLocksTest {
 protected:
  UniqueFd Reopened() {
    return UniqueFd(::open(("/proc/self/fd/" + std::to_string(memfd_.get())).c_str(), O_RDWR | O_CLOEXEC));
  }
  static bool Set(const UniqueFd& fd, short type, off_t start, off_t length) {
    struct flock lock = {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = start;
    lock.l_len = length;
    return ::fcntl(fd.get(), F_OFD_SETLK, &lock) == 0;
  }
  bool Match() { return locks_.MatchDescriptions(key_, fs_, 5, 7, 9, false).ok(); }
};

TEST_F(DescriptionLocksTest, TheViewHasWhatAnyOfThemHas) {
  UniqueFd a = Reopened(), b = Reopened();
  ASSERT_TRUE(Set(a, F_RDLCK, 0, 10));
  EXPECT_TRUE(Match());
  ASSERT_TRUE(Set(b, F_RDLCK, 5, 10));
  EXPECT_TRUE(Match());
  ASSERT_TRUE(Set(b, F_WRLCK, 20, 0));
  EXPECT_TRUE(Match());
  ASSERT_TRUE(Set(a, F_UNLCK, 0, 10));
  EXPECT_TRUE(Match());
  EXPECT_EQ(fs_.notes, (Notes{"0-9 0", "10-14 0", "20-end 1", "0-4 2"}));
  fs_.notes.clear();
  b.Reset();
  Settle();
  EXPECT_EQ(fs_.notes, (Notes{"5-14 2", "20-end 2"}));
  EXPECT_TRUE(locks_.empty());
}

TEST_F(DescriptionLocksTest, AWeakerLockTakesAStrongersPlace) {
  UniqueFd a = Reopened();
  ASSERT_TRUE(Set(a, F_WRLCK, 0, 10));
  EXPECT_TRUE(Match());
  ASSERT_TRUE(Set(a, F_RDLCK, 2, 3));
  EXPECT_TRUE(Match());
  EXPECT_EQ(fs_.notes, (Notes{"0-9 1", "2-4 0"}));
}

TEST_F(DescriptionLocksTest, ARefusedOneIsAskedForAgain) {
  UniqueFd a = Reopened();
  ASSERT_TRUE(Set(a, F_WRLCK, 0, 10));
  fs_.refuses = true;
  EXPECT_FALSE(Match());
  EXPECT_TRUE(locks_.empty());
  fs_.refuses = false;
  EXPECT_TRUE(Match());
  EXPECT_EQ(fs_.notes, (Notes{"0-9 1", "0-9 1"}));
}

TEST_F(DescriptionLocksTest, TheyGoWithTheFile) {
  UniqueFd a = Reopened();
  ASSERT_TRUE(Set(a, F_WRLCK, 0, 10));
  EXPECT_TRUE(Match());
  locks_.DropAll(fs_, 5, 7);
  EXPECT_EQ(fs_.notes, (Notes{"0-9 1", "drop descriptions'"}));
  EXPECT_TRUE(locks_.empty());
}

TEST_F(DescriptionLocksTest, LocksOfProcessesAreNoneOfThem) {
  ASSERT_TRUE(LockNatively(F_WRLCK));
  EXPECT_TRUE(Match());
  EXPECT_EQ(fs_.notes, Notes());
}

TEST_F(SharedLocksTest, WithTheFileAllGoes) {
  ASSERT_TRUE(LockNatively(F_WRLCK));
  Grant(::getpid());
  locks_.DropAll(fs_, 5, 7);
  EXPECT_EQ(fs_.notes, Notes{"drop mine"});
  EXPECT_TRUE(locks_.empty());
}

}  // namespace
}  // namespace umsdk
