// MountTable: what is mounted where, by canonical path, in mount order: a later mount on the same
// path covers the earlier one. Thread-safe. A lookup costs one hash, however many mounts there are.
#ifndef SDK_CORE_MOUNT_TABLE_H_
#define SDK_CORE_MOUNT_TABLE_H_

#include <atomic>
#include <list>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sdk/core/mount.h"

namespace umsdk {

// std::string keys that a string_view can look up.
struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

// Equality of paths that can be counted.
struct PathEqual {
  using is_transparent = void;
  size_t* comparisons = nullptr;
  bool operator()(std::string_view a, std::string_view b) const {
    if (comparisons != nullptr) ++*comparisons;
    return a == b;
  }
};

class MountTable {
 public:
  MountTable() = default;
  // For tests of its cost on one thread: every comparison of two paths adds one to *comparisons.
  explicit MountTable(size_t* comparisons)
      : by_target_(0, StringHash(), PathEqual{comparisons}),
        children_(0, StringHash(), PathEqual{comparisons}),
        ancestors_(0, StringHash(), PathEqual{comparisons}),
        divided_(0, StringHash(), PathEqual{comparisons}) {}

  bool empty() const { return count_.load(std::memory_order_acquire) == 0; }
  // What is mounted on `path` of the mount `parent` (nullptr: of the real file system), as the kernel
  // finds it: a mount on a directory that a later mount covers is not seen. nullptr: nothing. Mounts
  // of the epoch `before` and later ones count as not there.
  std::shared_ptr<Mount> At(std::string_view path, const Mount* parent, uint64_t before = UINT64_MAX) const;
  // Names of mount targets that lie directly in the directory `path`.
  std::vector<std::string> NamesIn(std::string_view path) const;
  // True when a mount's target is `path` or lies somewhere below it.
  bool HasWithin(std::string_view path) const;
  std::vector<std::shared_ptr<Mount>> List() const;  // oldest first

  void Add(std::shared_ptr<Mount> mount);
  // False when it was not there (any more).
  bool Remove(const Mount* mount);

 private:
  // The part (partition) of a mounted device that has this path.
  std::shared_ptr<Mount> PartAt(std::string_view path, dev_t on, uint64_t before) const;
  template <typename T>
  using PathMap = std::unordered_map<std::string, T, StringHash, PathEqual>;

  mutable std::shared_mutex mutex_;  // guards all but count_
  std::atomic<size_t> count_{0};
  std::list<std::shared_ptr<Mount>> order_;
  PathMap<std::vector<std::shared_ptr<Mount>>> by_target_;  // the last one is on top
  PathMap<std::vector<std::string>> children_;              // by parent directory
  PathMap<int> ancestors_;                                  // targets at or below a path
  PathMap<std::vector<std::shared_ptr<Mount>>> divided_;    // with parts, by parent directory
};

}  // namespace umsdk

#endif  // SDK_CORE_MOUNT_TABLE_H_
