// Disk: storage together with what its owner can set: the state behind umdevramdisk and
// umdevtrivhd.
#ifndef SERVICES_UMDEV_DISK_H_
#define SERVICES_UMDEV_DISK_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "sdk/base/errno.h"
#include "services/umdev/sparse_storage.h"

namespace umsdk::umdev {

inline constexpr uint64_t kSectorSize = 512;

// What fdisk calls CHS. The kernel's hd_geometry has 16 bits for the cylinders.
struct DiskGeometry {
  uint8_t heads = 16;
  uint8_t sectors = 16;  // a track
  uint64_t cylinders = 0;
};

// How a disk is made.
struct DiskSettings {
  DiskGeometry geometry;     // its product is the size in sectors
  bool read_only = false;    // at first; BLKROSET changes it
  bool partitioned = false;  // a partition table may be read again (BLKRRPART)
};

// Thread-safe.
class Disk {
 public:
  static ErrnoOr<std::shared_ptr<Disk>> Create(const DiskSettings& settings);

  const DiskGeometry& geometry() const { return geometry_; }
  bool partitioned() const { return partitioned_; }
  uint64_t size() const { return storage_->size(); }

  // As the kernel's block devices do: a read at the end finds nothing, a write there ENOSPC, and
  // both are short when they cross it. Writing what is read-only is EPERM.
  ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) const;
  ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes);
  // Zeros in whole sectors, wholly inside the disk (else EINVAL); the memory is given back.
  ErrnoOrOk Clear(uint64_t offset, uint64_t length);

  bool read_only() const { return read_only_; }
  void set_read_only(bool read_only) { read_only_ = read_only; }
  // What these two tell changes nothing here; it is kept for who asks.
  uint32_t block_size() const { return block_size_; }
  void set_block_size(uint32_t bytes) { block_size_ = bytes; }
  uint64_t read_ahead() const { return read_ahead_; }
  void set_read_ahead(uint64_t sectors) { read_ahead_ = sectors; }

 private:
  Disk(const DiskSettings& settings, std::unique_ptr<SparseStorage> storage)
      : geometry_(settings.geometry),
        partitioned_(settings.partitioned),
        storage_(std::move(storage)),
        read_only_(settings.read_only) {}

  const DiskGeometry geometry_;
  const bool partitioned_;
  const std::unique_ptr<SparseStorage> storage_;
  std::atomic<bool> read_only_;
  std::atomic<uint32_t> block_size_ = 4096;
  std::atomic<uint64_t> read_ahead_ = 256;
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_DISK_H_
