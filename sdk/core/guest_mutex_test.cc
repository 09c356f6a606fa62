#include "sdk/core/guest_mutex.h"

#include <atomic>
#include <future>
#include <thread>

#include "gtest/gtest.h"

namespace umsdk {
namespace {

class FakeWaiting final : public Waiting {
 public:
  void WillBlock() override { blocked = true; }
  bool Interrupted() override { return false; }
  bool Killed() override { return killed; }
  const Caller& caller() override { return caller_; }
  std::atomic<bool> blocked{false}, killed{false};

 private:
  Caller caller_;
};

TEST(GuestMutex, OneAtATime) {
  GuestMutex mutex;
  {
    GuestLock lock(mutex);
    EXPECT_TRUE(lock.held());
    EXPECT_FALSE(mutex.try_lock());
  }
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(GuestMutex, AKilledGuestLeaves) {
  GuestMutex mutex;
  FakeWaiting waiting;
  GuestLock holder(mutex);
  std::future<bool> held = std::async(std::launch::async, [&] {
    WaitingScope scope(&waiting);
    GuestLock lock(mutex);
    return lock.held();
  });
  while (!waiting.blocked) std::this_thread::yield();
  waiting.killed = true;
  EXPECT_FALSE(held.get());
  EXPECT_FALSE(mutex.try_lock());  // still the holder's
}

TEST(GuestMutex, OneWhoWaitsGetsItWhenItIsFree) {
  GuestMutex mutex;
  FakeWaiting waiting;
  ASSERT_TRUE(mutex.LockForGuest());
  std::future<bool> held = std::async(std::launch::async, [&] {
    WaitingScope scope(&waiting);
    GuestLock lock(mutex);
    return lock.held();
  });
  while (!waiting.blocked) std::this_thread::yield();
  mutex.unlock();
  EXPECT_TRUE(held.get());
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

}  // namespace
}  // namespace umsdk
