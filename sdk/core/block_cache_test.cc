#include "sdk/core/block_cache.h"

#include <memory>
#include <vector>

#include "gtest/gtest.h"

namespace umsdk {
namespace {

BlockCache::Block Bytes(size_t size) { return std::make_shared<const std::vector<char>>(size, 'x'); }

TEST(BlockCacheTest, FindsWhatWasInserted) {
  BlockCache cache(1000);
  BlockCache::Block block = Bytes(100);
  cache.Insert(1, 7, block);
  EXPECT_EQ(cache.Find(1, 7), block);
  EXPECT_EQ(cache.Find(1, 8), nullptr);
  EXPECT_EQ(cache.Find(2, 7), nullptr);
  EXPECT_EQ(cache.bytes(), 100u);
}

TEST(BlockCacheTest, TheLeastRecentlyUsedGoesFirst) {
  BlockCache cache(300);
  for (uint64_t i = 0; i < 3; ++i) cache.Insert(1, i, Bytes(100));
  ASSERT_NE(cache.Find(1, 0), nullptr);
  cache.Insert(1, 3, Bytes(100));
  EXPECT_EQ(cache.Find(1, 1), nullptr);
  EXPECT_NE(cache.Find(1, 0), nullptr);
  EXPECT_EQ(cache.bytes(), 300u);
}

TEST(BlockCacheTest, NeverHoldsMoreThanItsBound) {
  BlockCache cache(250);
  for (uint64_t i = 0; i < 50; ++i) {
    cache.Insert(i % 5, i, Bytes(1 + i * 10));
    EXPECT_LE(cache.bytes(), 250u);
  }
}

TEST(BlockCacheTest, ReplacedBlockIsCountedOnce) {
  BlockCache cache(1000);
  cache.Insert(1, 1, Bytes(100));
  cache.Insert(1, 1, Bytes(40));
  EXPECT_EQ(cache.bytes(), 40u);
  EXPECT_EQ(cache.Find(1, 1)->size(), 40u);
}

TEST(BlockCacheTest, DropsARangeOfOneFile) {
  BlockCache cache(1000);
  for (uint64_t i = 0; i < 4; ++i) cache.Insert(1, i, Bytes(10));
  cache.Insert(2, 1, Bytes(10));
  cache.Drop(1, 1, 2);
  EXPECT_NE(cache.Find(1, 0), nullptr);
  EXPECT_EQ(cache.Find(1, 1), nullptr);
  EXPECT_EQ(cache.Find(1, 2), nullptr);
  EXPECT_NE(cache.Find(1, 3), nullptr);
  EXPECT_NE(cache.Find(2, 1), nullptr);
  cache.Drop(1);
  EXPECT_EQ(cache.bytes(), 10u);
}

}  // namespace
}  // namespace umsdk
