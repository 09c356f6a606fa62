#include "sdk/core/guest_info.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace umsdk {
namespace {

// A child that changes its umask when told to, and tells when that is done.
class Child {
 public:
  Child() {
    EXPECT_EQ(::pipe(orders_), 0);
    EXPECT_EQ(::pipe(answers_), 0);
    pid_ = ::fork();
    if (pid_ == 0) Obey();
  }
  ~Child() { End(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void SetUmask(mode_t mask) {
    EXPECT_EQ(::write(orders_[1], &mask, sizeof(mask)), static_cast<ssize_t>(sizeof(mask)));
    char done;
    EXPECT_EQ(::read(answers_[0], &done, 1), 1);
  }
  void End() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    for (int fd : {orders_[0], orders_[1], answers_[0], answers_[1]}) ::close(fd);
    pid_ = 0;
  }
  pid_t pid() const { return pid_; }

 private:
  [[noreturn]] void Obey() {
    for (mode_t mask; ::read(orders_[0], &mask, sizeof(mask)) == sizeof(mask);) {
      ::umask(mask);
      if (::write(answers_[1], "", 1) != 1) break;
    }
    ::_exit(0);
  }

  int orders_[2], answers_[2];
  pid_t pid_ = -1;
};

TEST(GuestInfoTest, EveryChangeIsSeenAtOnce) {
  Child child;
  for (mode_t mask : {0077, 0, 0022}) {
    child.SetUmask(mask);
    const std::optional<GuestStatus> status = ReadGuestStatus(child.pid());
    ASSERT_TRUE(status.has_value());
    EXPECT_EQ(status->caller.umask, mask);
    EXPECT_EQ(status->caller.uid, ::geteuid());
    EXPECT_EQ(status->tgid, child.pid());
    EXPECT_EQ(status->parent, ::getpid());
  }
}

TEST(GuestInfoTest, TheDeadAreNotFound) {
  Child child, other;
  const pid_t pid = child.pid();
  EXPECT_TRUE(ReadGuestStatus(pid).has_value());
  child.End();
  EXPECT_FALSE(ReadGuestStatus(pid).has_value());
  EXPECT_EQ(ReadGuestStatus(other.pid())->tgid, other.pid());
  EXPECT_FALSE(ReadGuestStatus(pid).has_value());
}

TEST(GuestInfoTest, GuestsAreNotMixedUp) {
  Child first, second;
  first.SetUmask(0011);
  second.SetUmask(0022);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ReadGuestStatus(first.pid())->caller.umask, 0011u);
    EXPECT_EQ(ReadGuestStatus(second.pid())->caller.umask, 0022u);
  }
}

}  // namespace
}  // namespace umsdk
