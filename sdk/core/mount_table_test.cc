#include "sdk/core/mount_table.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace umsdk {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class MountTableTest : public ::testing::Test {
 protected:
  // Mounts something on `target` of the mount `on` (nullptr: of the real file system).
  std::shared_ptr<Mount> Add(const std::string& target,
                             const std::shared_ptr<Mount>& on = nullptr) {
    auto mount = std::make_shared<Mount>();
    mount->dev = next_dev_++;
    mount->parent = on ? on->dev : 0;
    mount->target = target;
    mount->epoch = next_epoch_++;
    table_.Add(mount);
    return mount;
  }
  std::shared_ptr<Mount> At(const std::string& path, const std::shared_ptr<Mount>& on = nullptr) {
    return table_.At(path, on.get());
  }

  size_t comparisons_ = 0;
  MountTable table_{&comparisons_};
  dev_t next_dev_ = 100;
  uint64_t next_epoch_ = 1;
};

TEST_F(MountTableTest, IsEmptyAtFirst) {
  EXPECT_TRUE(table_.empty());
  EXPECT_EQ(At("/mnt"), nullptr);
  EXPECT_FALSE(table_.HasWithin("/"));
  EXPECT_THAT(table_.NamesIn("/"), IsEmpty());
}

TEST_F(MountTableTest, FindsATargetAndNothingBesideIt) {
  auto mount = Add("/mnt/a");
  EXPECT_EQ(At("/mnt/a"), mount);
  for (const char* other :
       {"/", "/mnt", "/mnt/", "/mnt/a/", "/mnt/ab", "/mnt/a/b", "/mnt/b", "mnt/a", ""}) {
    EXPECT_EQ(At(other), nullptr) << other;
  }
}

TEST_F(MountTableTest, TheLatestOnOneTargetWins) {
  auto first = Add("/mnt");
  auto second = Add("/mnt", first);
  auto third = Add("/mnt", second);
  EXPECT_EQ(At("/mnt"), third);
  EXPECT_TRUE(table_.Remove(third.get()));
  EXPECT_EQ(At("/mnt"), second);
  EXPECT_TRUE(table_.Remove(second.get()));
  EXPECT_EQ(At("/mnt"), first);
}

TEST_F(MountTableTest, RemovalFromTheMiddleHidesWhatLayOnIt) {
  auto first = Add("/mnt");
  auto second = Add("/mnt", first);
  auto third = Add("/mnt", second);
  EXPECT_TRUE(table_.Remove(second.get()));
  EXPECT_EQ(At("/mnt"), first) << "the third lies on a mount that is gone";
  EXPECT_THAT(table_.List(), ElementsAre(first, third));
}

TEST_F(MountTableTest, AMountIsSeenOnlyOnTheMountThatItWasMadeOn) {
  auto inner = Add("/mnt/d/e");
  auto outer = Add("/mnt/d");
  auto again = Add("/mnt/d/e", outer);
  EXPECT_EQ(At("/mnt/d"), outer);
  EXPECT_EQ(At("/mnt/d/e", outer), again);
  EXPECT_EQ(At("/mnt/d/e"), inner) << "for those who were there before";
  EXPECT_EQ(At("/mnt/d", outer), nullptr);
}

// As the path walk asks: each directory of a path in turn, on the mount that it has come to.
TEST_F(MountTableTest, TheLongestPrefixWins) {
  auto top = Add("/a");
  auto deep = Add("/a/b/c", top);
  std::shared_ptr<Mount> now;
  for (const char* prefix : {"/a", "/a/b", "/a/b/c", "/a/b/c/d"}) {
    if (auto deeper = At(prefix, now)) now = deeper;
  }
  EXPECT_EQ(now, deep);
  EXPECT_TRUE(table_.Remove(deep.get()));
  now = nullptr;
  for (const char* prefix : {"/a", "/a/b", "/a/b/c", "/a/b/c/d"}) {
    if (auto deeper = At(prefix, now)) now = deeper;
  }
  EXPECT_EQ(now, top);
}

TEST_F(MountTableTest, LaterEpochsAreNotThere) {
  auto first = Add("/mnt");
  auto second = Add("/mnt", first);
  EXPECT_EQ(table_.At("/mnt", nullptr, second->epoch), first);
  EXPECT_EQ(table_.At("/mnt", nullptr, first->epoch), nullptr);
}

TEST_F(MountTableTest, NamesAreThoseDirectlyInADirectory) {
  auto a = Add("/mnt/a");
  auto b = Add("/mnt/b");
  auto deep = Add("/mnt/c/d");
  auto again = Add("/mnt/a", a);
  auto top = Add("/top");
  EXPECT_THAT(table_.NamesIn("/mnt"), UnorderedElementsAre("a", "b"));
  EXPECT_THAT(table_.NamesIn("/mnt/c"), UnorderedElementsAre("d"));
  EXPECT_THAT(table_.NamesIn("/"), UnorderedElementsAre("top"));
  EXPECT_TRUE(table_.Remove(again.get()));
  EXPECT_THAT(table_.NamesIn("/mnt"), UnorderedElementsAre("a", "b"));
  EXPECT_TRUE(table_.Remove(a.get()));
  EXPECT_THAT(table_.NamesIn("/mnt"), UnorderedElementsAre("b"));
}

TEST_F(MountTableTest, WithinIsTheTargetAndAllAboveIt) {
  auto mount = Add("/a/b/c");
  auto second = Add("/a/x");
  for (const char* path : {"/", "/a", "/a/b", "/a/b/c", "/a/x"})
    EXPECT_TRUE(table_.HasWithin(path)) << path;
  for (const char* path : {"/a/b/c/d", "/b", "/a/bc"}) EXPECT_FALSE(table_.HasWithin(path)) << path;
  EXPECT_TRUE(table_.Remove(mount.get()));
  EXPECT_FALSE(table_.HasWithin("/a/b"));
  EXPECT_TRUE(table_.HasWithin("/a"));
  EXPECT_TRUE(table_.Remove(second.get()));
  EXPECT_FALSE(table_.HasWithin("/"));
  EXPECT_TRUE(table_.empty());
}

TEST_F(MountTableTest, RemovalTellsWhetherItWasThere) {
  auto mount = Add("/mnt");
  EXPECT_TRUE(table_.Remove(mount.get()));
  EXPECT_FALSE(table_.Remove(mount.get()));
  EXPECT_FALSE(table_.Remove(nullptr));
}

TEST_F(MountTableTest, TheListIsInMountOrder) {
  auto a = Add("/z");
  auto b = Add("/a");
  auto c = Add("/m");
  EXPECT_THAT(table_.List(), ElementsAre(a, b, c));
}

TEST_F(MountTableTest, ALookupComparesNoMorePathsWithManyMountsThanWithOne) {
  auto first = Add("/mnt/0");
  auto cost = [&](const std::string& path) {
    comparisons_ = 0;
    (void)At(path);
    (void)table_.HasWithin(path);
    return comparisons_;
  };
  const size_t hit = cost("/mnt/0"), miss = cost("/mnt/none");
  EXPECT_GT(hit, 0u) << "nothing is counted";
  constexpr int kMany = 10000;
  for (int i = 1; i < kMany; ++i) Add("/mnt/" + std::to_string(i));
  size_t worst_hit = 0, worst_miss = 0;
  for (int i = 0; i < kMany; ++i) {
    worst_hit = std::max(worst_hit, cost("/mnt/" + std::to_string(i)));
    worst_miss = std::max(worst_miss, cost("/none/" + std::to_string(i)));
  }
  // A hash of 64 bits that collides may add one.
  EXPECT_LE(worst_hit, hit + 2);
  EXPECT_LE(worst_miss, miss + 2);
}

}  // namespace
}  // namespace umsdk
