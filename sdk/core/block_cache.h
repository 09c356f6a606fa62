// BlockCache: recently read blocks of files that are not held in memory wholly. Bounded; the least
// recently used block goes first. Thread-safe.
#ifndef SDK_CORE_BLOCK_CACHE_H_
#define SDK_CORE_BLOCK_CACHE_H_

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "sdk/base/mutex.h"

namespace umsdk {

class BlockCache {
 public:
  static constexpr uint64_t kBlockSize = uint64_t{128} << 10;  // bytes
  // Shorter than kBlockSize at the end of a file. Never changed once in the cache.
  using Block = std::shared_ptr<const std::vector<char>>;

  explicit BlockCache(uint64_t max_bytes) : max_bytes_(max_bytes) {}

  // `file` is any number that stands for one file as long as it is cached.
  Block Find(uint64_t file, uint64_t index);
  void Insert(uint64_t file, uint64_t index, Block block);
  // Forgets the blocks from `first` to `last` (inclusive).
  void Drop(uint64_t file, uint64_t first = 0, uint64_t last = UINT64_MAX);
  uint64_t bytes() const;

 private:
  using Key = std::pair<uint64_t, uint64_t>;
  struct Slot {
    Block block;
    std::list<Key>::iterator age;
  };
  void Erase(std::map<Key, Slot>::iterator it) UMSDK_REQUIRES(mutex_);

  const uint64_t max_bytes_;
  mutable Mutex mutex_;
  uint64_t bytes_ UMSDK_GUARDED_BY(mutex_) = 0;
  std::map<Key, Slot> slots_ UMSDK_GUARDED_BY(mutex_);
  std::list<Key> ages_ UMSDK_GUARDED_BY(mutex_);  // most recent first
};

}  // namespace umsdk

#endif  // SDK_CORE_BLOCK_CACHE_H_
