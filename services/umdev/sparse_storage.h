// SparseStorage: the bytes of a disk in memory. What was never written, or was discarded, reads as
// zeros and costs nothing.
#ifndef SERVICES_UMDEV_SPARSE_STORAGE_H_
#define SERVICES_UMDEV_SPARSE_STORAGE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "sdk/base/errno.h"
#include "sdk/base/mutex.h"

namespace umsdk::umdev {

// Thread-safe; each call is atomic to the others. It reserves address space for the whole at once,
// and the kernel supplies pages as they are written; the pages stay out of forks and core dumps.
class SparseStorage {
 public:
  // ENOMEM when there is no address space for `size` bytes; EINVAL for 0.
  static ErrnoOr<std::unique_ptr<SparseStorage>> Create(uint64_t size);
  ~SparseStorage();
  SparseStorage(const SparseStorage&) = delete;
  SparseStorage& operator=(const SparseStorage&) = delete;

  uint64_t size() const { return size_; }
  // These stop at the end, and return how many bytes they did: 0 from the end on.
  size_t Read(uint64_t offset, std::span<char> out) const;
  size_t Write(uint64_t offset, std::span<const char> bytes);
  // Makes a range zero and gives its whole pages back.
  void Clear(uint64_t offset, uint64_t length);

 private:
  SparseStorage(char* base, uint64_t size) : size_(size), base_(base) {}
  uint64_t Clamp(uint64_t offset, uint64_t length) const;

  const uint64_t size_;
  mutable Mutex mutex_;
  char* const base_;  // the bytes behind it are guarded by mutex_
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_SPARSE_STORAGE_H_
