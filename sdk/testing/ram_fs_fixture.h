// What the tests of RamFs share.
#ifndef SDK_TESTING_RAM_FS_FIXTURE_H_
#define SDK_TESTING_RAM_FS_FIXTURE_H_

#include <sys/stat.h>
#include <time.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sdk/testing/errno_matchers.h"
#include "sdk/testing/ram_fs.h"
#include "umsdk/file_system.h"

namespace umsdk {

class RamFsTest : public ::testing::Test {
 protected:
  explicit RamFsTest(const RamFs::Options& options = RamFs::Options()) : fs_(options) {}

  NodeId MakeFile(NodeId dir, std::string_view name, mode_t mode = 0644) {
    return NodeOf(fs_.MakeNode(root_, dir, name, S_IFREG | mode, 0));
  }
  NodeId MakeDirectory(NodeId dir, std::string_view name, mode_t mode = 0755) {
    return NodeOf(fs_.MakeDir(root_, dir, name, mode));
  }
  Attr AttrOf(NodeId node) {
    const ErrnoOr<Attr> attr = fs_.GetAttr(node);
    EXPECT_THAT(attr, Succeeds());
    return attr.ok() ? *attr : Attr();
  }
  std::string Contents(NodeId node) {
    std::string contents(AttrOf(node).size + 1, 'x');
    const ErrnoOr<size_t> count = fs_.Read(node, 0, 0, contents);
    EXPECT_THAT(count, Succeeds());
    contents.resize(count.ok() ? *count : 0);
    return contents;
  }
  std::vector<std::string> Names(NodeId dir) {
    std::vector<std::string> names;
    EXPECT_THAT(fs_.ReadDir(dir, 0,
                            [&](const DirEntry& entry) {
                              names.push_back(entry.name);
                              return true;
                            }),
                Succeeds());
    return names;
  }

  RamFs fs_;
  const Caller root_;
  const Caller user_ = {.tid = 1, .uid = 1000, .gid = 1000, .groups = {1001}, .umask = 0};

 private:
  static NodeId NodeOf(const ErrnoOr<Entry>& entry) {
    EXPECT_THAT(entry, Succeeds());
    return entry.ok() ? entry->node : 0;
  }
};

// Comparable and printable.
inline int64_t Ns(const timespec& time) {
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace umsdk

#endif  // SDK_TESTING_RAM_FS_FIXTURE_H_
