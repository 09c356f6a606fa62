// RamStorage: the Storage of umdevramdisk and umdevtrivhd.
#ifndef SERVICES_UMDEV_RAM_STORAGE_H_
#define SERVICES_UMDEV_RAM_STORAGE_H_

#include <memory>
#include <utility>

#include "sdk/base/errno.h"
#include "services/umdev/sparse_storage.h"
#include "services/umdev/storage.h"

namespace umsdk::umdev {

// Thread-safe.
class RamStorage final : public Storage {
 public:
  // ENOMEM when there is no address space for `size` bytes; EINVAL for 0.
  static ErrnoOr<std::unique_ptr<Storage>> Create(uint64_t size) {
    UMSDK_ASSIGN_OR_ERRNO(std::unique_ptr<SparseStorage> bytes, SparseStorage::Create(size));
    return std::unique_ptr<Storage>(new RamStorage(std::move(bytes)));
  }

  uint64_t size() const override { return bytes_->size(); }
  ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) override {
    return bytes_->Read(offset, out);
  }
  ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) override {
    return bytes_->Write(offset, bytes);
  }
  ErrnoOrOk Zero(uint64_t offset, uint64_t length) override {
    bytes_->Clear(offset, length);
    return {};
  }
  ErrnoOrOk Discard(uint64_t offset, uint64_t length) override { return Zero(offset, length); }
  bool discards_securely() const override { return true; }

 private:
  explicit RamStorage(std::unique_ptr<SparseStorage> bytes) : bytes_(std::move(bytes)) {}
  const std::unique_ptr<SparseStorage> bytes_;
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_RAM_STORAGE_H_
