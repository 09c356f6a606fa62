#include "services/umfuse/node_table.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace umsdk::umfuse {
namespace {

constexpr uint64_t kLong = 3600;

fuse_entry_out EntryOf(uint64_t node, uint64_t seconds, uint64_t size = 0) {
  fuse_entry_out entry = {};
  entry.nodeid = node;
  entry.entry_valid = entry.attr_valid = seconds;
  entry.attr.mode = S_IFREG | 0644;
  entry.attr.size = size;
  return entry;
}

MATCHER_P2(Owes, node, lookups, "") {
  return arg.node == static_cast<uint64_t>(node) && arg.lookups == static_cast<uint64_t>(lookups);
}

TEST(NodeTableTest, ANameIsFoundUntilItIsDropped) {
  NodeTable table(100);
  table.Enter(1, "a", EntryOf(5, kLong, 7), true, table.Now());
  auto found = table.Find(1, "a");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->node, 5u);
  EXPECT_EQ(found->attr->size, 7u);
  table.DropName(1, "a");
  EXPECT_FALSE(table.Find(1, "a").has_value());
}

TEST(NodeTableTest, AValidityOfZeroIsNone) {
  NodeTable table(100);
  table.Enter(1, "a", EntryOf(5, 0), true, table.Now());
  EXPECT_FALSE(table.Find(1, "a").has_value());
  EXPECT_FALSE(table.FreshAttr(5).has_value());
}

TEST(NodeTableTest, WhatDoesNotExistIsRemembered) {
  NodeTable table(100);
  table.EnterMissing(1, "a", ValidUntil(kLong, 0));
  EXPECT_EQ(table.Find(1, "a")->node, 0u);
}

TEST(NodeTableTest, ForgetsAsManyLookupsAsTheDaemonCounted) {
  NodeTable table(100);
  table.Enter(1, "a", EntryOf(5, 0), true, table.Now());
  table.Enter(1, "a", EntryOf(5, 0), true, table.Now());
  table.Release(5, 1);
  EXPECT_THAT(table.TakeForgotten(), testing::IsEmpty());
  table.Release(5, 1);
  EXPECT_THAT(table.TakeForgotten(), testing::ElementsAre(Owes(5, 2)));
}

TEST(NodeTableTest, ACachedNameKeepsItsNode) {
  NodeTable table(100);
  table.Enter(1, "a", EntryOf(5, kLong), false, table.Now());
  EXPECT_THAT(table.TakeForgotten(), testing::IsEmpty());
  table.DropName(1, "a");
  EXPECT_THAT(table.TakeForgotten(), testing::ElementsAre(Owes(5, 1)));
}

TEST(NodeTableTest, TheOldestNamesGoFirst) {
  NodeTable table(2);
  table.Enter(1, "a", EntryOf(5, kLong), false, table.Now());
  table.Enter(1, "b", EntryOf(6, kLong), false, table.Now());
  ASSERT_TRUE(table.Find(1, "a").has_value());
  table.Release(5, 1);
  table.Enter(1, "c", EntryOf(7, kLong), false, table.Now());
  EXPECT_THAT(table.TakeForgotten(), testing::ElementsAre(Owes(6, 1)));
}

TEST(NodeTableTest, ADirectoryTakesItsNamesAlong) {
  NodeTable table(100);
  table.Enter(1, "d", EntryOf(5, kLong), false, table.Now());
  table.Enter(5, "e", EntryOf(6, kLong), false, table.Now());
  table.Enter(6, "f", EntryOf(7, kLong), false, table.Now());
  table.DropName(1, "d");
  EXPECT_THAT(table.TakeForgotten(),
              testing::UnorderedElementsAre(Owes(5, 1), Owes(6, 1), Owes(7, 1)));
  EXPECT_FALSE(table.Find(5, "e").has_value());
}

TEST(NodeTableTest, ALateAnswerDoesNotCoverANewerOne) {
  NodeTable table(100);
  table.Enter(1, "a", EntryOf(5, kLong), true, table.Now());
  uint64_t asked = table.Now();
  table.DropAttr(5);
  Attr old;
  old.size = 1;
  EXPECT_TRUE(table.SetAttr(5, old, ValidUntil(kLong, 0), asked));
  EXPECT_FALSE(table.FreshAttr(5).has_value());
}

TEST(NodeTableTest, ChangedDataAreNoticed) {
  NodeTable table(100);
  table.Enter(1, "a", EntryOf(5, kLong, 10), true, table.Now());
  Attr grown;
  grown.size = 11;
  EXPECT_FALSE(table.SetAttr(5, grown, ValidUntil(kLong, 0), table.Now()));
  EXPECT_TRUE(table.SetAttr(5, grown, ValidUntil(kLong, 0), table.Now()));
  EXPECT_TRUE(table.Enter(1, "a", EntryOf(5, kLong, 11), true, table.Now()));
  EXPECT_FALSE(table.Enter(1, "a", EntryOf(5, kLong, 12), true, table.Now()));
}

TEST(NodeTableTest, AReadAgesTheTimeOfAccessOnly) {
  NodeTable table(100);
  table.Enter(1, "a", EntryOf(5, kLong), true, table.Now());
  table.AgeTimes(5);
  EXPECT_FALSE(table.FreshAttr(5).has_value());
  EXPECT_TRUE(table.FreshAttr(5, true).has_value());
  table.SetAttr(5, Attr(), ValidUntil(kLong, 0), table.Now());
  EXPECT_TRUE(table.FreshAttr(5).has_value());
}

}  // namespace
}  // namespace umsdk::umfuse
