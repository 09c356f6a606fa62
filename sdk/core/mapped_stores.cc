#include "sdk/core/mapped_stores.h"

#include <unistd.h>

#include <algorithm>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace umsdk {
namespace {

constexpr uint64_t kPage = 4096;

uint64_t HashPage(int fd, uint64_t page, std::vector<char>& buffer) {
  buffer.resize(kPage);
  ssize_t count = ::pread(fd, buffer.data(), kPage, static_cast<off_t>(page * kPage));
  buffer.resize(count > 0 ? static_cast<size_t>(count) : 0);
  return absl::Hash<absl::string_view>()(absl::string_view(buffer.data(), buffer.size()));
}

}  // namespace

void MappedStores::Add(int memfd, uint64_t from, uint64_t end) {
  std::vector<char> buffer;
  for (uint64_t page = from / kPage; page * kPage < end; ++page) {
    if (!pages_.contains(page)) pages_[page] = HashPage(memfd, page, buffer);
  }
}

void MappedStores::Track(int memfd, uint64_t offset, uint64_t length, uint64_t size) {
  end_ = std::max(end_, offset + length);
  Add(memfd, offset, std::min(offset + length, size));
}

void MappedStores::TrackGrowth(int memfd, uint64_t old_size, uint64_t size, uint64_t limit) {
  Add(memfd, old_size, std::min({end_, size, limit}));
}

void MappedStores::Cut(uint64_t size) {
  pages_.erase(pages_.lower_bound((size + kPage - 1) / kPage), pages_.end());
}

void MappedStores::Clear() {
  pages_.clear();
  end_ = 0;
}

ErrnoOrOk MappedStores::WriteBack(int memfd, const Writer& write) {
  std::vector<char> buffer;
  for (auto& [page, hash] : pages_) {
    uint64_t now = HashPage(memfd, page, buffer);
    if (now == hash || buffer.empty()) continue;
    UMSDK_ASSIGN_OR_ERRNO(size_t count, write(page * kPage, buffer));
    if (count != buffer.size()) return Errno(ENOSPC);
    hash = now;
  }
  return {};
}

void MappedStores::Renew(int memfd) {
  std::vector<char> buffer;
  for (auto& [page, hash] : pages_) hash = HashPage(memfd, page, buffer);
}

}  // namespace umsdk
