#include "services/umfuse/dir_listing.h"

#include <dirent.h>

#include <cstddef>
#include <string>

#include "gtest/gtest.h"

namespace umsdk::umfuse {
namespace {

std::string EntryNamed(const std::string& name) {
  fuse_dirent head = {7, 1, static_cast<uint32_t>(name.size()), DT_FIFO};
  std::string entry(reinterpret_cast<const char*>(&head), offsetof(fuse_dirent, name));
  entry.append(name);
  entry.resize((entry.size() + 7) & ~size_t{7});
  return entry;
}

TEST(DirListing, TellsWhatTheDaemonSays) {
  DirListing listing;
  listing.Parse(EntryNamed("name"), false);
  ASSERT_EQ(listing.items.size(), 1u);
  EXPECT_EQ(listing.items[0].name, "name");
  EXPECT_EQ(listing.items[0].ino, 7u);
  EXPECT_EQ(listing.items[0].type, uint32_t{DT_FIFO});
}

TEST(DirListing, NamesMayBeLongerThanNameMax) {
  DirListing listing;
  listing.Parse(EntryNamed(std::string(kMaxName, 'n')), false);
  EXPECT_EQ(listing.items.size(), 1u);
  EXPECT_FALSE(listing.bad);
  listing.Parse(EntryNamed("a") + EntryNamed(std::string(kMaxName + 1, 'n')), false);
  EXPECT_EQ(listing.items.size(), 2u);
  EXPECT_TRUE(listing.bad);
}

}  // namespace
}  // namespace umsdk::umfuse
