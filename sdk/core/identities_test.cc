#include "sdk/core/identities.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <thread>

namespace umsdk {
namespace {

using Status = std::shared_ptr<const GuestStatus>;

// A child process that waits for its end.
class Child {
 public:
  Child() : pid_(::fork()) {
    while (pid_ == 0) ::pause();
  }
  ~Child() { End(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  void End() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

TEST(IdentitiesTest, AreWhatTheKernelSays) {
  Child child;
  Identities identities;
  Status known = identities.Of(child.pid());
  EXPECT_EQ(known->tgid, child.pid());
  EXPECT_EQ(known->caller.tid, child.pid());
  EXPECT_EQ(known->caller.uid, ::geteuid());
  EXPECT_EQ(known->caller.gid, ::getegid());
  EXPECT_EQ(known->real_uid, ::getuid());
  EXPECT_EQ(known->parent, 0);  // may change without a call of the child's
}

TEST(IdentitiesTest, AreKeptUntilACallThatMayChangeThem) {
  Child child, other;
  Identities identities;
  Status known = identities.Of(child.pid()), others = identities.Of(other.pid());
  EXPECT_EQ(identities.Of(child.pid()), known);
  EXPECT_FALSE(identities.differ());
  identities.WillChange(child.pid(), /*differs=*/true);
  EXPECT_TRUE(identities.differ());
  Status again = identities.Of(child.pid());
  EXPECT_NE(again, known);
  EXPECT_EQ(identities.Of(child.pid()), again);
  EXPECT_EQ(identities.Of(other.pid()), others);
}

TEST(IdentitiesTest, TheNumberOfAThreadThatIsGoneIsNobodys) {
  Child child;
  Identities identities;
  const pid_t pid = child.pid();
  Status known = identities.Of(pid);
  child.End();
  Status gone = identities.Of(pid);
  ASSERT_NE(gone, nullptr);
  EXPECT_NE(gone, known);
  EXPECT_EQ(gone->tgid, 0);
}

TEST(IdentitiesTest, AnExecOfTheLeaderIsForgottenOnce) {
  Child child;
  Identities identities;
  Status known = identities.Of(child.pid());
  identities.WillExec(child.pid());
  Status again = identities.Of(child.pid());
  EXPECT_NE(again, known);
  EXPECT_EQ(identities.Of(child.pid()), again);
  EXPECT_FALSE(identities.differ());
}

TEST(IdentitiesTest, NothingIsKeptOfAProcessWhoseOtherThreadCalledExec) {
  Identities identities;
  const pid_t leader = ::getpid();
  Status known = identities.Of(leader);
  EXPECT_EQ(identities.Of(leader), known);
  std::thread([&] { identities.WillExec(::gettid()); }).join();
  Status again = identities.Of(leader);
  EXPECT_NE(again, known);
  // The exec may yet take place.
  EXPECT_NE(identities.Of(leader), again);
}

}  // namespace
}  // namespace umsdk
