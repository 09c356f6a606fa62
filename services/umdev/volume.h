// Volume: a range of a disk that has a node: the whole disk, or one partition of it.
#ifndef SERVICES_UMDEV_VOLUME_H_
#define SERVICES_UMDEV_VOLUME_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "sdk/base/errno.h"
#include "sdk/base/mutex.h"
#include "services/umdev/disk.h"

namespace umsdk::umdev {

// In bytes.
struct Extent {
  uint64_t start = 0;
  uint64_t length = 0;
  uint64_t end() const { return start + length; }
  bool operator==(const Extent&) const = default;
};

// Thread-safe.
class Volume {
 public:
  // The whole disk.
  explicit Volume(std::shared_ptr<Disk> disk)
      : disk_(std::move(disk)), number_(0), start_(0), length_(disk_->size()) {}
  // Partition `number`, from 1 on; the extent must lie inside the disk.
  Volume(std::shared_ptr<Disk> disk, int number, Extent extent)
      : disk_(std::move(disk)), number_(number), start_(extent.start), length_(extent.length) {}

  Disk& disk() const { return *disk_; }
  int number() const { return number_; }
  bool is_partition() const { return number_ != 0; }
  uint64_t size() const { return length_; }
  Extent extent() const { return {start_, length_}; }
  // The start stays: what is open keeps its place.
  void Resize(uint64_t length) { length_ = length; }

  // As the kernel's block devices do: a read at the end finds nothing, a write there ENOSPC, and
  // both are short when they cross it. Writing what is read-only is EPERM.
  ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) const;
  ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes);
  // Whole sectors, wholly inside (else EINVAL).
  ErrnoOrOk Zero(uint64_t offset, uint64_t length);
  ErrnoOrOk Discard(uint64_t offset, uint64_t length);
  ErrnoOrOk Flush() { return disk_->storage().Flush(); }

  // A disk that is read-only makes its partitions so.
  bool read_only() const { return read_only_ || disk_->read_only(); }
  void set_read_only(bool read_only);
  // It changes nothing here; it is kept for who asks.
  uint32_t block_size() const { return block_size_; }
  void set_block_size(uint32_t bytes) { block_size_ = bytes; }

  // Opens are counted: a partition can be removed only while it has none, and not opened any more
  // afterwards (ENXIO).
  ErrnoOrOk AddOpen();
  void DropOpen();
  bool in_use() const;
  bool Remove();  // false: in use
  void Revive();

 private:
  ErrnoOrOk CheckClear(uint64_t offset, uint64_t length) const;

  const std::shared_ptr<Disk> disk_;
  const int number_;
  const uint64_t start_;
  std::atomic<uint64_t> length_;
  std::atomic<bool> read_only_{false};
  std::atomic<uint32_t> block_size_ = 4096;
  mutable Mutex mutex_;
  int opens_ UMSDK_GUARDED_BY(mutex_) = 0;
  bool removed_ UMSDK_GUARDED_BY(mutex_) = false;
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_VOLUME_H_
