#include "services/umdev/volume.h"

#include <algorithm>

namespace umsdk::umdev {

ErrnoOr<size_t> Volume::Read(uint64_t offset, std::span<char> out) const {
  uint64_t length = length_;
  if (offset >= length || out.empty()) return size_t{0};
  size_t count = std::min<uint64_t>(out.size(), length - offset);
  return disk_->storage().Read(start_ + offset, out.first(count));
}

ErrnoOr<size_t> Volume::Write(uint64_t offset, std::span<const char> bytes) {
  if (read_only()) return Errno(EPERM);
  if (bytes.empty()) return size_t{0};
  uint64_t length = length_;
  if (offset >= length) return Errno(ENOSPC);
  size_t count = std::min<uint64_t>(bytes.size(), length - offset);
  return disk_->storage().Write(start_ + offset, bytes.first(count));
}

ErrnoOrOk Volume::CheckClear(uint64_t offset, uint64_t length) const {
  if (offset % kSectorSize != 0 || length % kSectorSize != 0 || length == 0) return Errno(EINVAL);
  uint64_t size = length_;
  if (offset >= size || length > size - offset) return Errno(EINVAL);
  return read_only() ? ErrnoOrOk(Errno(EPERM)) : ErrnoOrOk();
}

ErrnoOrOk Volume::Zero(uint64_t offset, uint64_t length) {
  UMSDK_RETURN_IF_ERRNO(CheckClear(offset, length));
  return disk_->storage().Zero(start_ + offset, length);
}

ErrnoOrOk Volume::Discard(uint64_t offset, uint64_t length) {
  UMSDK_RETURN_IF_ERRNO(CheckClear(offset, length));
  return disk_->storage().Discard(start_ + offset, length);
}

void Volume::set_read_only(bool read_only) {
  if (is_partition()) {
    read_only_ = read_only;
  } else {
    disk_->set_read_only(read_only);
  }
}

ErrnoOrOk Volume::AddOpen() {
  MutexLock lock(mutex_);
  if (removed_) return Errno(ENXIO);
  ++opens_;
  return {};
}

void Volume::DropOpen() {
  MutexLock lock(mutex_);
  --opens_;
}

bool Volume::in_use() const {
  MutexLock lock(mutex_);
  return opens_ > 0;
}

bool Volume::Remove() {
  MutexLock lock(mutex_);
  if (opens_ > 0) return false;
  removed_ = true;
  return true;
}

void Volume::Revive() {
  MutexLock lock(mutex_);
  removed_ = false;
}

}  // namespace umsdk::umdev
