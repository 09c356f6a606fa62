#include "services/umdev/disk.h"

#include <limits>
#include <utility>

namespace umsdk::umdev {

ErrnoOr<std::shared_ptr<Disk>> Disk::Create(const DiskSettings& settings) {
  const DiskGeometry& geometry = settings.geometry;
  uint64_t cylinder = uint64_t{geometry.heads} * geometry.sectors * kSectorSize;
  if (cylinder == 0) return Errno(EINVAL);
  if (geometry.cylinders > std::numeric_limits<uint64_t>::max() / cylinder) return Errno(ENOMEM);
  UMSDK_ASSIGN_OR_ERRNO(std::unique_ptr<SparseStorage> storage,
                        SparseStorage::Create(cylinder * geometry.cylinders));
  return std::shared_ptr<Disk>(new Disk(settings, std::move(storage)));
}

ErrnoOr<size_t> Disk::Read(uint64_t offset, std::span<char> out) const {
  return storage_->Read(offset, out);
}

ErrnoOr<size_t> Disk::Write(uint64_t offset, std::span<const char> bytes) {
  if (read_only()) return Errno(EPERM);
  if (bytes.empty()) return size_t{0};
  if (offset >= size()) return Errno(ENOSPC);
  return storage_->Write(offset, bytes);
}

ErrnoOrOk Disk::Clear(uint64_t offset, uint64_t length) {
  if (read_only()) return Errno(EPERM);
  if (offset % kSectorSize != 0 || length % kSectorSize != 0 || length == 0) return Errno(EINVAL);
  if (offset >= size() || length > size() - offset) return Errno(EINVAL);
  storage_->Clear(offset, length);
  return {};
}

}  // namespace umsdk::umdev
