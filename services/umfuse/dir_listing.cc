#include "services/umfuse/dir_listing.h"

#include <cstddef>
#include <cstring>

namespace umsdk::umfuse {
namespace {

constexpr size_t kNameAt = offsetof(fuse_dirent, name);

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxName && name.find('/') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

}  // namespace

void DirListing::Parse(std::span<const char> body, bool plus) {
  const size_t head = plus ? sizeof(fuse_entry_out) : 0;
  while (body.size() >= head + kNameAt) {
    Item item;
    if (plus) {
      item.entry.emplace();
      std::memcpy(&*item.entry, body.data(), sizeof(fuse_entry_out));
    }
    struct {
      uint64_t ino, off;
      uint32_t namelen, type;
    } entry;
    static_assert(sizeof(entry) == kNameAt);
    std::memcpy(&entry, body.data() + head, sizeof(entry));
    size_t size = head + kNameAt + entry.namelen;
    bad = entry.namelen == 0 || entry.namelen > kMaxName;
    if (bad || size > body.size()) return;
    item.name.assign(body.data() + head + kNameAt, entry.namelen);
    bad = !IsName(item.name);
    if (bad) return;
    item.ino = entry.ino;
    item.type = entry.type;
    daemon_offset = entry.off;
    items.push_back(std::move(item));
    body = body.subspan(std::min(body.size(), (size + 7) & ~size_t{7}));
  }
}

}  // namespace umsdk::umfuse
