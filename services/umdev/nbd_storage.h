// NbdStorage: a disk whose bytes are the export of an NBD server.
#ifndef SERVICES_UMDEV_NBD_STORAGE_H_
#define SERVICES_UMDEV_NBD_STORAGE_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "sdk/base/errno.h"
#include "sdk/base/mutex.h"
#include "services/umdev/nbd_connection.h"
#include "services/umdev/nbd_request.h"
#include "services/umdev/storage.h"

namespace umsdk::umdev {

// Thread-safe.
class NbdStorage final : public Storage {
 public:
  // EINVAL for an export of less than a sector.
  static ErrnoOr<std::unique_ptr<Storage>> Create(std::unique_ptr<NbdConnection> connection);

  uint64_t size() const override { return size_; }
  bool read_only() const override { return connection_->facts().read_only; }
  ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) override;
  ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) override;
  ErrnoOrOk Zero(uint64_t offset, uint64_t length) override;
  ErrnoOrOk Discard(uint64_t offset, uint64_t length) override;
  ErrnoOrOk Flush() override;

 private:
  NbdStorage(std::unique_ptr<NbdConnection> connection, uint64_t size)
      : connection_(std::move(connection)), size_(size) {}
  bool IsAligned(uint64_t offset, uint64_t length) const;
  ErrnoOr<NbdRequest> ReadAround(uint64_t offset, uint64_t length);
  ErrnoOrOk Clear(NbdRequest::Kind kind, uint64_t offset, uint64_t length);

  const std::unique_ptr<NbdConnection> connection_;
  const uint64_t size_;
  // Held while blocks that are written in part only are read, changed and written.
  Mutex partial_;
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_NBD_STORAGE_H_
