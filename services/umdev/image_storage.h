// ImageStorage: a disk whose bytes are in a file: a real one, one of another mount, or a device.
#ifndef SERVICES_UMDEV_IMAGE_STORAGE_H_
#define SERVICES_UMDEV_IMAGE_STORAGE_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "sdk/base/errno.h"
#include "services/umdev/storage.h"
#include "umsdk/host_files.h"

namespace umsdk::umdev {

// Thread-safe, as the file is.
class ImageStorage final : public Storage {
 public:
  // EINVAL for less than a sector; bytes behind the last whole sector do not count.
  static ErrnoOr<std::unique_ptr<Storage>> Create(std::unique_ptr<HostFile> file, bool read_only);

  uint64_t size() const override { return size_; }
  bool read_only() const override { return read_only_; }
  ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) override;
  ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) override;
  // A hole where the file can have one; else zeros are written.
  ErrnoOrOk Zero(uint64_t offset, uint64_t length) override;
  ErrnoOrOk Discard(uint64_t offset, uint64_t length) override;
  ErrnoOrOk Flush() override { return file_->Sync(); }

 private:
  ImageStorage(std::unique_ptr<HostFile> file, uint64_t size, bool read_only)
      : file_(std::move(file)), size_(size), read_only_(read_only) {}

  const std::unique_ptr<HostFile> file_;
  const uint64_t size_;
  const bool read_only_;
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_IMAGE_STORAGE_H_
