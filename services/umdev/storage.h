// Storage: where the bytes of a disk are: memory, an image file, a network block device.
#ifndef SERVICES_UMDEV_STORAGE_H_
#define SERVICES_UMDEV_STORAGE_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "sdk/base/errno.h"

namespace umsdk::umdev {

inline constexpr uint64_t kSectorSize = 512;

// Thread-safe. Ranges lie wholly inside [0, size()): the disk has clamped them.
class Storage {
 public:
  virtual ~Storage() = default;
  virtual uint64_t size() const = 0;  // bytes, whole sectors; never changes
  virtual bool read_only() const { return false; }
  // A short count is passed on to the guest.
  virtual ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) = 0;
  virtual ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) = 0;
  // The range reads as zeros afterwards; its space is given back where that is possible.
  virtual ErrnoOrOk Zero(uint64_t offset, uint64_t length) = 0;
  // What the range holds is not needed any more. EOPNOTSUPP where space cannot be given back.
  virtual ErrnoOrOk Discard(uint64_t offset, uint64_t length) = 0;
  // A discard leaves no copy behind.
  virtual bool discards_securely() const { return false; }
  // All that was written is safe from a crash of the machine.
  virtual ErrnoOrOk Flush() { return {}; }
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_STORAGE_H_
