#include "services/umdev/sparse_storage.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace umsdk::umdev {
namespace {

constexpr uint64_t kPage = 4096;

bool IsZero(const char* bytes, size_t count) {
  return count == 0 || (bytes[0] == 0 && std::memcmp(bytes, bytes + 1, count - 1) == 0);
}

// Reading a page that was never written maps the kernel's one zero page, writing takes a new one:
// so zeros are written only over something else.
void StoreZeros(char* to, size_t count) {
  if (!IsZero(to, count)) std::memset(to, 0, count);
}

// Calls `store(position, count)` for each piece of a range that lies in one page.
template <typename Store>
void EachPage(uint64_t offset, uint64_t length, Store store) {
  for (uint64_t done = 0; done < length;) {
    uint64_t count = std::min(length - done, kPage - (offset + done) % kPage);
    store(done, count);
    done += count;
  }
}

}  // namespace

ErrnoOr<std::unique_ptr<SparseStorage>> SparseStorage::Create(uint64_t size) {
  if (size == 0) return Errno(EINVAL);
  if (size > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return Errno(ENOMEM);
  void* base = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return LastErrno();
  // Hints: one sector written must not take a huge page, and the pages are nobody else's business.
  (void)madvise(base, size, MADV_NOHUGEPAGE);
  (void)madvise(base, size, MADV_DONTFORK);
  (void)madvise(base, size, MADV_DONTDUMP);
  return std::unique_ptr<SparseStorage>(new SparseStorage(static_cast<char*>(base), size));
}

SparseStorage::~SparseStorage() { munmap(base_, size_); }

uint64_t SparseStorage::Clamp(uint64_t offset, uint64_t length) const {
  return offset >= size_ ? 0 : std::min(length, size_ - offset);
}

size_t SparseStorage::Read(uint64_t offset, std::span<char> out) const {
  size_t count = Clamp(offset, out.size());
  if (count == 0) return 0;
  MutexLock lock(mutex_);
  std::memcpy(out.data(), base_ + offset, count);
  return count;
}

size_t SparseStorage::Write(uint64_t offset, std::span<const char> bytes) {
  size_t count = Clamp(offset, bytes.size());
  MutexLock lock(mutex_);
  EachPage(offset, count, [&](uint64_t at, uint64_t length) {
    const char* from = bytes.data() + at;
    char* to = base_ + offset + at;
    if (IsZero(from, length)) {
      StoreZeros(to, length);
    } else {
      std::memcpy(to, from, length);
    }
  });
  return count;
}

void SparseStorage::Clear(uint64_t offset, uint64_t length) {
  length = Clamp(offset, length);
  if (length == 0) return;
  uint64_t end = offset + length;
  uint64_t first_page = std::min(end, (offset + kPage - 1) / kPage * kPage);
  uint64_t last_page = std::max(first_page, end / kPage * kPage);
  MutexLock lock(mutex_);
  StoreZeros(base_ + offset, first_page - offset);
  uint64_t pages = last_page - first_page;
  if (pages != 0 && madvise(base_ + first_page, pages, MADV_DONTNEED) != 0) {
    StoreZeros(base_ + first_page, pages);  // locked memory (mlockall) cannot be given back
  }
  StoreZeros(base_ + last_page, end - last_page);
}

}  // namespace umsdk::umdev
