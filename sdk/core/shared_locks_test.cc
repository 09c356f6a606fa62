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
  ErrnoOrOk SetLock(NodeId, FileHandle, LockKind, uint64_t, const FileLock& lock, bool) override {
    notes.push_back("flock " + std::to_string(lock.type));
    return refuses ? ErrnoOrOk(Errno(EAGAIN)) : ErrnoOrOk();
  }
  void DropLocks(NodeId, FileHandle, uint64_t owner) override {
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

TEST_F(SharedLocksTest, WithTheFileAllGoes) {
  ASSERT_TRUE(LockNatively(F_WRLCK));
  Grant(::getpid());
  locks_.DropAll(fs_, 5, 7);
  EXPECT_EQ(fs_.notes, Notes{"drop mine"});
  EXPECT_TRUE(locks_.empty());
}

}  // namespace
}  // namespace umsdk
