#include "sdk/base/mutex.h"

#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace umsdk {
namespace {

TEST(MutexTest, OneThreadAtATimeIsInside) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 10000;
  Mutex mutex;
  int count = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        MutexLock lock(mutex);
        ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, kThreads * kRounds);
}

TEST(MutexTest, TryLockFailsWhileAnotherHoldsIt) {
  Mutex mutex;
  bool taken = true;
  {
    MutexLock lock(mutex);
    std::thread([&] { taken = mutex.try_lock(); }).join();
  }
  EXPECT_FALSE(taken);
  if (!mutex.try_lock()) FAIL();
  mutex.unlock();
}

TEST(CondVarTest, WaitsForAConditionUnderTheMutex) {
  Mutex mutex;
  CondVar changed;
  bool asked = false;
  bool answered = false;
  std::thread peer([&] {
    MutexLock lock(mutex);
    while (!asked) changed.wait(mutex);
    answered = true;
    changed.notify_all();
  });
  {
    MutexLock lock(mutex);
    asked = true;
    changed.notify_all();
    while (!answered) changed.wait(mutex);
    EXPECT_TRUE(answered);
  }
  peer.join();
}

}  // namespace
}  // namespace umsdk
