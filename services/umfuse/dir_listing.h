// DirListing: one reading of a directory, kept between the calls of a guest that reads it in
// pieces: the daemon's directory handle and what it has told so far.
#ifndef SERVICES_UMFUSE_DIR_LISTING_H_
#define SERVICES_UMFUSE_DIR_LISTING_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sdk/base/mutex.h"
#include "services/umfuse/protocol/wire.h"

namespace umsdk::umfuse {

// Bytes of a name, as the kernel's FUSE takes them.
inline constexpr size_t kMaxName = 1024;

// A place in a listing is the number of entries before it, so that any offset of the daemon's (they
// may use all 64 bits) fits into those of the SDK.
struct DirListing {
  struct Item {
    std::string name;
    uint64_t ino = 0;
    uint32_t type = 0;                    // DT_*
    std::optional<fuse_entry_out> entry;  // READDIRPLUS
  };
  uint64_t node = 0;
  uint64_t fh = 0;
  bool open = false;        // there is a handle to release
  uint64_t first = 0;       // place of items[0]
  std::vector<Item> items;  // read, but not handed out yet
  uint64_t daemon_offset = 0;
  bool end = false;  // the daemon has no more
  bool bad = false;  // what follows the items makes no sense

  // Parses what READDIR or READDIRPLUS answered, up to what makes no sense. An entry that is cut
  // short ends it.
  void Parse(std::span<const char> body, bool plus);
};

// The listings between two calls. Thread-safe. Bounded: the oldest go first.
class DirListings {
 public:
  // That of `node` which stands at `place`; the caller has it alone.
  std::optional<DirListing> Take(uint64_t node, uint64_t place) {
    MutexLock lock(mutex_);
    auto it = std::find_if(kept_.begin(), kept_.end(), [&](const DirListing& listing) {
      return listing.node == node && listing.first == place;
    });
    if (it == kept_.end()) return std::nullopt;
    DirListing taken = std::move(*it);
    kept_.erase(it);
    return taken;
  }
  // Keeps one; gives back one that must be closed instead, if there are too many.
  std::optional<DirListing> Keep(DirListing listing) {
    constexpr size_t kMost = 64;
    MutexLock lock(mutex_);
    kept_.push_back(std::move(listing));
    if (kept_.size() <= kMost) return std::nullopt;
    DirListing oldest = std::move(kept_.front());
    kept_.pop_front();
    return oldest;
  }

 private:
  Mutex mutex_;
  std::list<DirListing> kept_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_DIR_LISTING_H_
