// MappedStores: what guests store into a file through shared mappings. Nobody tells us of a store,
// so the pages that may get one are compared with what the file system has.
#ifndef SDK_CORE_MAPPED_STORES_H_
#define SDK_CORE_MAPPED_STORES_H_

#include <cstdint>
#include <functional>
#include <map>
#include <span>

#include "sdk/base/errno.h"

namespace umsdk {

// The caller locks. Offsets are those of the memfd, in bytes.
class MappedStores {
 public:
  using Writer = std::function<ErrnoOr<size_t>(uint64_t offset, std::span<const char> bytes)>;

  bool empty() const { return pages_.empty(); }
  // A mapping for storing is made; the file ends at `size`. The pages are as the file system has them.
  void Track(int memfd, uint64_t offset, uint64_t length, uint64_t size);
  // The file has grown: mappings that reach behind the old end have new pages to store into.
  void TrackGrowth(int memfd, uint64_t old_size, uint64_t size, uint64_t limit);
  void Cut(uint64_t size);
  // No mapping is left.
  void Clear();
  // Writes what was stored since the last time.
  ErrnoOrOk WriteBack(int memfd, const Writer& write);
  // The memfd was filled anew.
  void Renew(int memfd);

 private:
  void Add(int memfd, uint64_t from, uint64_t end);

  std::map<uint64_t, uint64_t> pages_;  // with a hash of what the file system has
  uint64_t end_ = 0;                    // of mappings; may be behind the file's
};

}  // namespace umsdk

#endif  // SDK_CORE_MAPPED_STORES_H_
