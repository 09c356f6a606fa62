// HostFiles: a service's own file accesses: the image behind a device, the device behind a file
// system.
//
// In OnMount, take ctx.files() and keep it as long as what you mounted. It opens files as the view
// stood when the mount was made: real files, files of other mounts, virtual devices. Later mounts
// are never seen, so services can be stacked in any order and nothing can loop.
#ifndef UMSDK_HOST_FILES_H_
#define UMSDK_HOST_FILES_H_

#include <sys/types.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>

#include "sdk/base/errno.h"
#include "umsdk/device.h"
#include "umsdk/file_system.h"

namespace umsdk {

// An open regular file or block device, real or virtual, or a virtual character device.
// Thread-safe. While it lives, the mount that it lies on is in use (EBUSY). It may outlive the call
// that opened it, but not the service.
class HostFile {
 public:
  virtual ~HostFile() = default;
  virtual ErrnoOr<Attr> Stat() = 0;
  // Bytes; of a block device its capacity.
  virtual ErrnoOr<uint64_t> Size() = 0;
  // At most out.size() bytes; fewer at the end. EBADF when it was not opened for reading.
  virtual ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) = 0;
  // A short count is possible (a full file system). EBADF when it was not opened for writing.
  virtual ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) = 0;
  virtual ErrnoOrOk Truncate(uint64_t size) = 0;
  // `mode`: FALLOC_FL_* of fallocate(2); FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE discards.
  virtual ErrnoOrOk Allocate(int mode, uint64_t offset, uint64_t length) = 0;
  virtual ErrnoOrOk Sync() = 0;
  // Virtual devices only; ENOTTY for all others: an argument of a guest's must not reach a real
  // driver through our memory.
  virtual ErrnoOr<int64_t> Ioctl(uint64_t request, uint64_t argument, IoctlMemory& memory) = 0;
};

// Thread-safe. May be kept until the service is destroyed.
class HostFiles {
 public:
  virtual ~HostFiles() = default;
  // Opens as the guest thread `caller.tid` would: its identity, root and working directory. Pass
  // ctx.caller(), or what a handler was given. With tid 0, the SDK's own, `path` must be absolute.
  // `flags`: access mode, O_CREAT, O_EXCL, O_TRUNC, O_NOFOLLOW; others are ignored. Services that
  // claim paths (Claim::Path) are not asked. EISDIR for a directory, EINVAL for what is neither a
  // file nor a device, ELOOP for what lies on a later mount.
  virtual ErrnoOr<std::unique_ptr<HostFile>> Open(const Caller& caller, const std::string& path,
                                                  int flags, mode_t mode = 0) = 0;
  virtual ErrnoOr<Attr> Stat(const Caller& caller, const std::string& path, bool follow = true) = 0;
};

// The argument of an ioctl that a service makes by itself: pass address() and the object to Ioctl.
template <typename T>
class IoctlArgument final : public IoctlMemory {
 public:
  explicit IoctlArgument(T initial = {}) : value(initial) {}
  uint64_t address() const { return reinterpret_cast<uint64_t>(&value); }
  ErrnoOrOk Read(uint64_t at, std::span<char> out) override {
    if (!Holds(at, out.size())) return Errno(EFAULT);
    std::memcpy(out.data(), bytes() + (at - address()), out.size());
    return {};
  }
  ErrnoOrOk Write(uint64_t at, std::span<const char> in) override {
    if (!Holds(at, in.size())) return Errno(EFAULT);
    std::memcpy(bytes() + (at - address()), in.data(), in.size());
    return {};
  }
  T value;

 private:
  char* bytes() { return reinterpret_cast<char*>(&value); }
  bool Holds(uint64_t at, size_t size) const {
    return at >= address() && size <= sizeof(T) && at - address() <= sizeof(T) - size;
  }
};

}  // namespace umsdk

#endif  // UMSDK_HOST_FILES_H_
