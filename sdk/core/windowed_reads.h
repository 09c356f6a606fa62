// WindowedReads: reads of a file that is not in its memfd, or not wholly: through the bounded cache
// that all files share, or, for what must be asked each time, through none.
#ifndef SDK_CORE_WINDOWED_READS_H_
#define SDK_CORE_WINDOWED_READS_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "sdk/base/errno.h"
#include "sdk/core/block_cache.h"

namespace umsdk {

// The caller locks.
class WindowedReads {
 public:
  using Reader = std::function<ErrnoOr<size_t>(uint64_t offset, std::span<char> out)>;

  explicit WindowedReads(BlockCache& cache) : cache_(cache), id_(NextId()) {}
  ~WindowedReads() { Drop(); }
  WindowedReads(const WindowedReads&) = delete;
  WindowedReads& operator=(const WindowedReads&) = delete;

  // At most to the end of a block; 0 at the end of the file.
  ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out, const Reader& read) {
    constexpr uint64_t kBlock = BlockCache::kBlockSize;
    uint64_t index = offset / kBlock;
    BlockCache::Block block = cache_.Find(id_, index);
    if (!block) {
      auto fresh = std::make_shared<std::vector<char>>(kBlock);
      UMSDK_ASSIGN_OR_ERRNO(size_t count, read(index * kBlock, *fresh));
      fresh->resize(count);
      block = fresh;
      cache_.Insert(id_, index, block);
    }
    uint64_t skip = offset % kBlock;
    if (skip >= block->size()) return size_t{0};
    size_t count = std::min<size_t>(out.size(), block->size() - skip);
    std::memcpy(out.data(), block->data() + skip, count);
    return count;
  }
  void Drop() { cache_.Drop(id_); }
  // What lies in [from, end], and from `from` on.
  void Drop(uint64_t from, uint64_t end) {
    cache_.Drop(id_, from / BlockCache::kBlockSize, end / BlockCache::kBlockSize);
  }
  void DropFrom(uint64_t from) { cache_.Drop(id_, from / BlockCache::kBlockSize); }

 private:
  static uint64_t NextId() {
    static std::atomic<uint64_t> next{1};
    return next++;
  }
  BlockCache& cache_;
  const uint64_t id_;
};

}  // namespace umsdk

#endif  // SDK_CORE_WINDOWED_READS_H_
