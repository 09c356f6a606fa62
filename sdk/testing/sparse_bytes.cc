#include "sdk/testing/sparse_bytes.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <limits>

namespace umsdk {
namespace {

constexpr uint64_t kPage = SparseBytes::kPageSize;

uint64_t RoundUpToPages(uint64_t bytes) { return bytes / kPage + (bytes % kPage != 0); }

// How much of `left` bytes lies in the page of `offset`.
size_t WithinPage(uint64_t offset, size_t left) {
  return std::min<uint64_t>(left, kPage - offset % kPage);
}

}  // namespace

size_t SparseBytes::Read(uint64_t offset, std::span<char> out) const {
  if (offset >= size_) return 0;
  const size_t total = std::min<uint64_t>(out.size(), size_ - offset);
  for (size_t done = 0; done < total;) {
    const uint64_t at = offset + done;
    const size_t count = WithinPage(at, total - done);
    const auto page = pages_.find(at / kPage);
    if (page == pages_.end() || page->second == nullptr) {
      std::memset(out.data() + done, 0, count);
    } else {
      std::memcpy(out.data() + done, page->second->data() + at % kPage, count);
    }
    done += count;
  }
  return total;
}

size_t SparseBytes::Write(uint64_t offset, std::span<const char> data) {
  size_t done = 0;
  while (done < data.size()) {
    const uint64_t at = offset + done;
    const size_t count = WithinPage(at, data.size() - done);
    Page* page = PageForWriting(at / kPage);
    if (page == nullptr) break;
    std::memcpy(page->data() + at % kPage, data.data() + done, count);
    done += count;
  }
  if (done > 0) size_ = std::max(size_, offset + done);
  return done;
}

void SparseBytes::Resize(uint64_t size) {
  if (size <= size_) {
    FreePages({RoundUpToPages(size), std::numeric_limits<uint64_t>::max()});
    if (size % kPage != 0) ZeroWithin(size / kPage, size % kPage, kPage);
  }
  size_ = size;
}

bool SparseBytes::Reserve(uint64_t offset, uint64_t length) {
  if (length == 0) return true;
  const uint64_t first = offset / kPage;
  const uint64_t last = RoundUpToPages(offset + length);
  const uint64_t present = std::distance(pages_.lower_bound(first), pages_.lower_bound(last));
  if (!budget_.Take(last - first - present)) return false;
  auto next = pages_.lower_bound(first);
  for (uint64_t index = first; index < last; ++index) {
    if (next == pages_.end() || next->first != index) {
      pages_.emplace_hint(next, index, nullptr);
      continue;
    }
    // As tmpfs does: what is reserved a second time becomes data.
    if (next->second == nullptr) next->second = std::make_unique<Page>();
    ++next;
  }
  return true;
}

void SparseBytes::Punch(uint64_t offset, uint64_t length) { FreePages(ZeroEnds(offset, length)); }

void SparseBytes::Zero(uint64_t offset, uint64_t length) {
  const Pages whole = ZeroEnds(offset, length);
  for (auto page = pages_.lower_bound(whole.first);
       page != pages_.end() && page->first < whole.last; ++page) {
    page->second.reset();
  }
}

std::optional<uint64_t> SparseBytes::NextData(uint64_t offset) const {
  for (auto page = pages_.lower_bound(offset / kPage); page != pages_.end(); ++page) {
    const uint64_t at = std::max(offset, page->first * kPage);
    if (at >= size_) break;
    if (page->second != nullptr) return at;
  }
  return std::nullopt;
}

uint64_t SparseBytes::NextHole(uint64_t offset) const {
  uint64_t index = offset / kPage;
  auto page = pages_.find(index);
  if (page == pages_.end() || page->second == nullptr) return offset;
  while (page != pages_.end() && page->first == index && page->second != nullptr) {
    ++page;
    ++index;
  }
  return std::min(size_, index * kPage);
}

SparseBytes::Page* SparseBytes::PageForWriting(uint64_t index) {
  auto page = pages_.find(index);
  if (page == pages_.end()) {
    if (!budget_.Take(1)) return nullptr;
    page = pages_.try_emplace(index).first;
  }
  if (page->second == nullptr) page->second = std::make_unique<Page>();  // zeroed
  return page->second.get();
}

void SparseBytes::ZeroWithin(uint64_t index, uint64_t begin, uint64_t end) {
  const auto page = pages_.find(index);
  if (page == pages_.end() || page->second == nullptr) return;
  std::memset(page->second->data() + begin, 0, end - begin);
}

SparseBytes::Pages SparseBytes::ZeroEnds(uint64_t offset, uint64_t length) {
  const uint64_t end = offset + length;
  const Pages whole = {RoundUpToPages(offset), end / kPage};
  if (whole.first > whole.last) {  // all of it within one page
    ZeroWithin(whole.last, offset % kPage, end % kPage);
    return {whole.last, whole.last};
  }
  if (offset % kPage != 0) ZeroWithin(whole.first - 1, offset % kPage, kPage);
  if (end % kPage != 0) ZeroWithin(whole.last, 0, end % kPage);
  return whole;
}

void SparseBytes::FreePages(Pages range) {
  const size_t before = pages_.size();
  pages_.erase(pages_.lower_bound(range.first), pages_.lower_bound(range.last));
  budget_.Give(before - pages_.size());
}

}  // namespace umsdk
