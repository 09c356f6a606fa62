// Disk: storage together with what holds for the whole of it; a Volume is what a node reads.
#ifndef SERVICES_UMDEV_DISK_H_
#define SERVICES_UMDEV_DISK_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "sdk/base/errno.h"
#include "services/umdev/storage.h"

namespace umsdk::umdev {

// What fdisk calls CHS. The kernel's hd_geometry has 16 bits for the cylinders.
struct DiskGeometry {
  uint8_t heads = 16;
  uint8_t sectors = 16;  // a track
  uint64_t cylinders = 0;

  uint64_t cylinder_bytes() const { return uint64_t{heads} * sectors * kSectorSize; }
};

// What fdisk and parted take for a file as well.
inline DiskGeometry UsualGeometry(uint64_t size) {
  DiskGeometry geometry{.heads = 255, .sectors = 63};
  geometry.cylinders = size / geometry.cylinder_bytes();
  return geometry;
}

// How a disk is made.
struct DiskSettings {
  DiskGeometry geometry;
  bool read_only = false;    // at first; BLKROSET changes it
  bool partitioned = false;  // it may have partitions
};

// Thread-safe.
class Disk {
 public:
  Disk(const DiskSettings& settings, std::unique_ptr<Storage> storage);
  // In memory; the product of the geometry is the size. EINVAL, ENOMEM: impossible ones.
  static ErrnoOr<std::shared_ptr<Disk>> CreateInMemory(const DiskSettings& settings);

  Storage& storage() const { return *storage_; }
  const DiskGeometry& geometry() const { return geometry_; }
  bool partitioned() const { return partitioned_; }
  uint64_t size() const { return storage_->size(); }
  // Another one for each disk (BLKGETDISKSEQ).
  uint64_t sequence() const { return sequence_; }

  bool read_only() const { return read_only_ || storage_->read_only(); }
  void set_read_only(bool read_only) { read_only_ = read_only; }
  // It changes nothing here; it is kept for who asks.
  uint64_t read_ahead() const { return read_ahead_; }
  void set_read_ahead(uint64_t sectors) { read_ahead_ = sectors; }

 private:
  const DiskGeometry geometry_;
  const bool partitioned_;
  const uint64_t sequence_;
  const std::unique_ptr<Storage> storage_;
  std::atomic<bool> read_only_;
  std::atomic<uint64_t> read_ahead_ = 256;
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_DISK_H_
