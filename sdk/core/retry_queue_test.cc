#include "sdk/core/retry_queue.h"

#include "gtest/gtest.h"

namespace umsdk {
namespace {

using std::chrono::milliseconds;

constexpr ObjectKey kOne{1, 10}, kTwo{1, 20};
const RetryQueue::Time kStart{};

TEST(RetryQueueTest, EmptyWaitsForNothing) {
  RetryQueue queue;
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.TimeoutMs(kStart), -1);
  EXPECT_TRUE(queue.TakeDue(kStart + milliseconds(100000)).empty());
}

TEST(RetryQueueTest, AKeyIsDueSoonButNotAtOnce) {
  RetryQueue queue;
  queue.Add(kOne, kStart);
  EXPECT_EQ(queue.TimeoutMs(kStart), 1);
  EXPECT_TRUE(queue.TakeDue(kStart).empty());
  EXPECT_EQ(queue.TakeDue(kStart + milliseconds(1)), std::vector<ObjectKey>{kOne});
}

TEST(RetryQueueTest, TheDistancesGrowAndEnd) {
  RetryQueue queue;
  queue.Add(kOne, kStart);
  RetryQueue::Time now = kStart;
  int asked = 0;
  for (int last = 0; !queue.empty(); ++asked) {
    ASSERT_LT(asked, 100);
    int timeout = queue.TimeoutMs(now);
    EXPECT_GT(timeout, last);
    last = timeout;
    now += milliseconds(timeout);
    EXPECT_EQ(queue.TakeDue(now), std::vector<ObjectKey>{kOne});
  }
  EXPECT_GT(asked, 4);
  EXPECT_GT(now - kStart, milliseconds(1000)) << "a loaded machine needs that long";
}

TEST(RetryQueueTest, AnotherCloseStartsOver) {
  RetryQueue queue;
  queue.Add(kOne, kStart);
  RetryQueue::Time later = kStart + milliseconds(1);
  ASSERT_EQ(queue.TakeDue(later).size(), 1u);
  EXPECT_GT(queue.TimeoutMs(later), 1);
  queue.Add(kOne, later);
  EXPECT_EQ(queue.TimeoutMs(later), 1);
}

TEST(RetryQueueTest, KeysAreIndependent) {
  RetryQueue queue;
  queue.Add(kOne, kStart);
  queue.Add(kTwo, kStart + milliseconds(1));
  EXPECT_EQ(queue.TakeDue(kStart + milliseconds(1)), std::vector<ObjectKey>{kOne});
  queue.Remove(kTwo);
  EXPECT_EQ(queue.All(), std::vector<ObjectKey>{kOne});
}

TEST(RetryQueueTest, ATimeoutNeverEndsBeforeTheKeyIsDue) {
  RetryQueue queue;
  queue.Add(kOne, kStart);
  RetryQueue::Time now = kStart + std::chrono::microseconds(300);
  EXPECT_FALSE(queue.TakeDue(now + milliseconds(queue.TimeoutMs(now))).empty());
}

}  // namespace
}  // namespace umsdk
