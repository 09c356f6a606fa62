// VirtualDevice: one open of a device. The guest holds a memfd of its own, which keeps the offset and
// the flags and whose last close is the device's release; all input and output is trapped.
#ifndef SDK_CORE_VIRTUAL_DEVICE_H_
#define SDK_CORE_VIRTUAL_DEVICE_H_

#include <memory>
#include <string>

#include "sdk/core/open_object.h"
#include "sdk/core/trapped_io.h"
#include "umsdk/device.h"

namespace umsdk {

// The attributes of a device's node.
Attr DeviceAttr(const DeviceInfo& info);

// Thread-safe: one lock an open, held over calls of the DeviceFile.
class VirtualDevice final : public OpenObject, public TrappedIo {
 public:
  VirtualDevice(std::shared_ptr<Mount> mount, std::string path, std::unique_ptr<DeviceFile> file);
  TrappedIo* trapped_io() override { return this; }

  // Makes the kernel object; `flags` as in open(2).
  ErrnoOr<UniqueFd> Open(int flags);
  ObjectKey key() const { return key_; }
  bool seekable() const override { return info_.seekable; }

  ErrnoOr<size_t> Read(int description, std::optional<uint64_t> position,
                       std::span<char> out) override;
  ErrnoOr<size_t> Write(int description, std::optional<uint64_t> position,
                        std::span<const char> bytes) override;
  ErrnoOr<int64_t> Ioctl(const Caller& caller, uint64_t request, uint64_t argument,
                         IoctlMemory& memory) override;
  ErrnoOrOk Fsync(bool data_only) override;
  // Of a block device, as the kernel does: not beyond the end, and there are no holes.
  ErrnoOr<int64_t> Seek(int description, int64_t offset, int whence) override;
  ErrnoOrOk Fallocate(int mode, uint64_t offset, uint64_t length) override;
  void FollowSize() override;

  ErrnoOr<Attr> Stat() override { return DeviceAttr(mount()->device->info()); }
  bool Reap() override;

 private:
  uint64_t Offset(int description, const std::optional<uint64_t>& position) const;
  void Advance(int description, const std::optional<uint64_t>& position, uint64_t to) const;

  const DeviceInfo info_;  // as it was at the open
  UniqueFd memfd_;
  ObjectKey key_;
  Mutex mutex_;
  std::unique_ptr<DeviceFile> file_ UMSDK_GUARDED_BY(mutex_);  // null after the release
};

}  // namespace umsdk

#endif  // SDK_CORE_VIRTUAL_DEVICE_H_
