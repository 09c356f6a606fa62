// TrappedIo: an open whose input and output the kernel object in the guest's hand has no part in.
#ifndef SDK_CORE_TRAPPED_IO_H_
#define SDK_CORE_TRAPPED_IO_H_

#include <unistd.h>

#include <cstdint>
#include <optional>
#include <span>

#include "sdk/base/errno.h"
#include "umsdk/device.h"

namespace umsdk {

// Thread-safe. `description`: the guest's open file description, a duplicate of ours.
class TrappedIo {
 public:
  virtual ~TrappedIo() = default;
  virtual bool seekable() const = 0;
  // At `position`, or at the description's offset, which then moves.
  virtual ErrnoOr<size_t> Read(int description, std::optional<uint64_t> position,
                               std::span<char> out) = 0;
  virtual ErrnoOr<size_t> Write(int description, std::optional<uint64_t> position,
                                std::span<const char> bytes) = 0;
  virtual ErrnoOr<int64_t> Ioctl(const Caller& caller, uint64_t request, uint64_t argument,
                                 IoctlMemory& memory) = 0;
  virtual ErrnoOrOk Fsync(bool data_only) = 0;
  // lseek(2): the new offset.
  virtual ErrnoOr<int64_t> Seek(int description, int64_t offset, int whence) {
    const off_t found = ::lseek(description, offset, whence);
    if (found < 0) return LastErrno();
    return found;
  }
  // fallocate(2) of [offset, offset + length), which does not overflow.
  virtual ErrnoOrOk Fallocate(int mode, uint64_t offset, uint64_t length) {
    (void)mode, (void)offset, (void)length;
    return Errno(ENODEV);
  }
  // The size may have changed: the kernel object learns it.
  virtual void FollowSize() {}
};

}  // namespace umsdk

#endif  // SDK_CORE_TRAPPED_IO_H_
