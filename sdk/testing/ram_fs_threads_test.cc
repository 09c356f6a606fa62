// Many threads on one RamFs: nothing tears, nothing is lost, nothing stays. ThreadSanitizer and the
// checks at the end are the judges.
#include <dirent.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdio.h>

#include <random>
#include <string>
#include <thread>
#include <vector>

#include "sdk/testing/ram_fs_fixture.h"
#include "sdk/testing/set_attr.h"

namespace umsdk {
namespace {

constexpr int kThreads = 4;

template <typename Work>
void InThreads(Work work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

using RamFsThreadsTest = RamFsTest;

TEST_F(RamFsThreadsTest, OneOfManyCreatesTheName) {
  for (int round = 0; round < 50; ++round) {
    const std::string name = std::to_string(round);
    std::vector<int> won(kThreads, 0);
    InThreads([&](int thread) {
      won[thread] = fs_.MakeNode(root_, kRootNode, name, S_IFREG | 0600, 0).ok() ? 1 : 0;
    });
    EXPECT_EQ(won[0] + won[1] + won[2] + won[3], 1);
  }
}

TEST_F(RamFsThreadsTest, AWriteIsSeenWholeOrNotAtAll) {
  constexpr size_t kSize = 3 * 4096;
  const NodeId file = MakeFile(kRootNode, "a");
  ASSERT_THAT(fs_.Write(file, 0, 0, std::string(kSize, 'A')), Succeeds());
  InThreads([&](int thread) {
    for (int round = 0; round < 500; ++round) {
      if (thread < 2) {
        const std::string data(kSize, static_cast<char>('A' + (round + thread) % 26));
        EXPECT_THAT(fs_.Write(file, 0, 0, data), SucceedsWith(kSize));
      } else {
        std::string data(kSize, 'x');
        EXPECT_THAT(fs_.Read(file, 0, 0, data), SucceedsWith(kSize));
        EXPECT_EQ(data.find_first_not_of(data[0]), data.npos);
      }
    }
  });
}

// Does random things, with names that all threads share.
class Worker {
 public:
  Worker(RamFs& fs, std::vector<NodeId> dirs, uint32_t seed)
      : fs_(fs), dirs_(std::move(dirs)), random_(seed) {}

  void Step() {
    const NodeId dir = dirs_[Below(dirs_.size())];
    const std::string name = Name();
    switch (Below(9)) {
      case 0:
        return Drop(fs_.MakeNode(caller_, dir, name, S_IFREG | 0600, 0));
      case 1:
        return Drop(fs_.MakeDir(caller_, dir, name, 0700));
      case 2:
        return (void)fs_.Unlink(caller_, dir, name);
      case 3:
        return (void)fs_.RemoveDir(caller_, dir, name);
      case 4:
      case 5:
        return (void)fs_.Rename(caller_, dir, name, dirs_[Below(dirs_.size())], Name(),
                                Below(3) == 0 ? RENAME_EXCHANGE : 0);
      case 6:
        return Use(fs_.Lookup(caller_, dir, name));
      case 7:
        return (void)fs_.ReadDir(dir, 0, [](const DirEntry&) { return true; });
      default:
        return LinkFrom(fs_.Lookup(caller_, dir, name));
    }
  }

 private:
  uint64_t Below(uint64_t bound) {
    return std::uniform_int_distribution<uint64_t>(0, bound - 1)(random_);
  }
  std::string Name() { return std::string(1, static_cast<char>('a' + Below(6))); }
  void Drop(const ErrnoOr<Entry>& entry) {
    if (entry.ok()) fs_.Forget(entry->node, 1);
  }
  void LinkFrom(const ErrnoOr<Entry>& entry) {
    if (!entry.ok()) return;
    Drop(fs_.Link(caller_, entry->node, dirs_[Below(dirs_.size())], Name()));
    Drop(entry);
  }
  void Use(const ErrnoOr<Entry>& entry) {
    if (!entry.ok()) return;
    const NodeId node = entry->node;
    if (const ErrnoOr<OpenReply> open = fs_.Open(caller_, node, O_RDWR); open.ok()) {
      (void)fs_.Write(node, open->handle, Below(20000), std::string(Below(9000), 'w'));
      (void)fs_.Fallocate(node, open->handle, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                          Below(20000), 1 + Below(5000));
      (void)fs_.SetAttr(caller_, node, SizeTo(Below(20000)));
      (void)fs_.SetXattr(caller_, node, "user.a", std::string(Below(100), 'v'), 0);
      fs_.Release(node, open->handle);
    }
    Drop(entry);
  }

  RamFs& fs_;
  const std::vector<NodeId> dirs_;
  const Caller caller_;
  std::mt19937 random_;
};

// Counts the links that a walk finds, compares them with nlink, and removes all.
class Sweeper {
 public:
  explicit Sweeper(RamFs& fs) : fs_(fs) {}

  void Sweep(NodeId dir) {
    std::vector<DirEntry> entries;
    ASSERT_THAT(fs_.ReadDir(dir, 0,
                            [&](const DirEntry& entry) {
                              entries.push_back(entry);
                              return true;
                            }),
                Succeeds());
    uint64_t subdirectories = 0;
    for (const DirEntry& entry : entries) {
      if (entry.type == DT_DIR) ++subdirectories;
    }
    ASSERT_SUCCEEDS_AND_ASSIGN(const Attr attr, fs_.GetAttr(dir));
    EXPECT_EQ(attr.nlink, 2 + subdirectories);
    EXPECT_EQ(attr.size, 20 * (2 + entries.size()));
    for (const DirEntry& entry : entries) Remove(dir, entry);
  }

 private:
  void Remove(NodeId dir, const DirEntry& entry) {
    ASSERT_SUCCEEDS_AND_ASSIGN(const Entry found, fs_.Lookup(caller_, dir, entry.name));
    EXPECT_EQ(found.node, entry.ino);
    if (entry.type == DT_DIR) {
      EXPECT_EQ(fs_.Lookup(caller_, found.node, "..").value().node, dir);
      Sweep(found.node);
      EXPECT_THAT(fs_.RemoveDir(caller_, dir, entry.name), Succeeds());
    } else {
      EXPECT_THAT(fs_.Unlink(caller_, dir, entry.name), Succeeds());
      EXPECT_EQ(fs_.GetAttr(found.node).value().nlink, found.attr.nlink - 1);
    }
    // Whatever the threads' and this walk's lookups left.
    fs_.Forget(found.node, UINT64_MAX);
  }

  RamFs& fs_;
  const Caller caller_;
};

TEST_F(RamFsThreadsTest, TheTreeStaysWholeAndEverythingComesBack) {
  const struct statvfs before = fs_.StatFs().value();
  std::vector<NodeId> dirs = {kRootNode};
  // Their lookups are kept, so they stay usable, removed or not.
  for (const char* name : {"x", "y", "z"}) dirs.push_back(MakeDirectory(dirs.back(), name));
  InThreads([&](int thread) {
    Worker worker(fs_, dirs, thread);
    for (int step = 0; step < 5000; ++step) worker.Step();
  });
  Sweeper(fs_).Sweep(kRootNode);
  for (NodeId dir : dirs) fs_.Forget(dir, UINT64_MAX);
  const struct statvfs after = fs_.StatFs().value();
  EXPECT_EQ(after.f_bfree, before.f_bfree);
  EXPECT_EQ(after.f_ffree, before.f_ffree);
}

}  // namespace
}  // namespace umsdk
