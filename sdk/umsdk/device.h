// Device: a character or block device that a service supplies. About ten lines make one:
//
//   class Sensor final : public umsdk::Device {
//     DeviceInfo info() const override { return {.block = false, .mode = 0444}; }
//     ErrnoOr<std::unique_ptr<DeviceFile>> Open(const DeviceOpen&) override { return ... }
//   };
#ifndef UMSDK_DEVICE_H_
#define UMSDK_DEVICE_H_

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sdk/base/errno.h"
#include "sdk/base/mutex.h"
#include "sdk/base/unique_fd.h"
#include "umsdk/file_system.h"

namespace umsdk {

class NativeFile;

struct DeviceInfo {
  bool block = false;
  unsigned major = 0;
  unsigned minor = 0;
  mode_t mode = 0600;
  uid_t uid = 0;
  gid_t gid = 0;
  uint64_t size = 0;      // bytes; what SEEK_END finds. 0 for a stream
  bool seekable = false;  // reads and writes at an offset that the kernel keeps
  timespec time = {};     // atime, mtime, ctime
  nlink_t links = 1;
};

struct DeviceOpen {
  Caller caller;
  int flags = 0;  // as the kernel hands them to a driver: O_LARGEFILE (0100000) is set
};

// The memory behind an ioctl argument. Both fail with EFAULT as copy_from_user/copy_to_user do.
class IoctlMemory {
 public:
  virtual ~IoctlMemory() = default;
  virtual ErrnoOrOk Read(uint64_t address, std::span<char> out) = 0;
  virtual ErrnoOrOk Write(uint64_t address, std::span<const char> bytes) = 0;
  template <typename T>
  ErrnoOrOk Put(uint64_t address, const T& value) {
    return Write(address, {reinterpret_cast<const char*>(&value), sizeof(value)});
  }
  template <typename T>
  ErrnoOr<T> Get(uint64_t address) {
    T value;
    UMSDK_RETURN_IF_ERRNO(Read(address, {reinterpret_cast<char*>(&value), sizeof(value)}));
    return value;
  }
};

// One open of a device; destroyed when the last descriptor of that open goes. Calls on one
// DeviceFile are serialized by the SDK; different DeviceFiles of a Device run in parallel.
class DeviceFile {
 public:
  virtual ~DeviceFile() = default;
  // `offset` is 0 for a device that is not seekable. A short count is passed on to the guest.
  virtual ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) {
    (void)offset, (void)out;
    return Errno(EINVAL);
  }
  virtual ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) {
    (void)offset, (void)bytes;
    return Errno(EINVAL);
  }
  virtual ErrnoOr<int64_t> Ioctl(uint64_t request, uint64_t argument, IoctlMemory& memory) {
    (void)request, (void)argument, (void)memory;
    return Errno(ENOTTY);
  }
  virtual ErrnoOrOk Fsync() { return {}; }
  // fallocate(2) of a block device. `mode`: FALLOC_FL_*; the range is not empty and does not overflow.
  virtual ErrnoOrOk Fallocate(int mode, uint64_t offset, uint64_t length) {
    (void)mode, (void)offset, (void)length;
    return Errno(EOPNOTSUPP);
  }
};

// A real descriptor for the guest, and what stands behind it (umsdk/native_file.h).
struct NativeOpen {
  UniqueFd fd;
  std::shared_ptr<NativeFile> file;
};

class Device {
 public:
  virtual ~Device() = default;
  virtual DeviceInfo info() const = 0;
  virtual ErrnoOr<std::unique_ptr<DeviceFile>> Open(const DeviceOpen& open) = 0;
  // Whether guests get a real descriptor of the device's own, so that the kernel carries their
  // reads, writes and polls: OpenNative is asked then, and Open for the services' own accesses only.
  virtual bool native() const { return false; }
  virtual ErrnoOr<NativeOpen> OpenNative(const DeviceOpen&) { return Errno(ENXIO); }
  // chmod, chown, utimens of the device's node; nothing is kept unless this is overridden.
  virtual ErrnoOrOk SetAttr(const Caller&, const SetAttrRequest&) { return Errno(EPERM); }
};

// A part of a mounted device with a node of its own beside it: mounted on /dev/hd, the part "1" is
// /dev/hd1.
struct DevicePart {
  std::string suffix;  // neither empty nor with a slash
  std::shared_ptr<Device> device;
};

// The parts that a mounted device has now: the service sets them, at any time, and the view shows
// them. While a part is open its mount cannot be unmounted; whether it may be taken away is the
// service's to decide, which sees the opens and releases of its devices. Before an ioctl of a device
// with parts the SDK has released all that guests closed. Thread-safe.
class DeviceParts {
 public:
  void Set(std::vector<DevicePart> parts) {
    MutexLock lock(mutex_);
    parts_ = std::move(parts);
    ++version_;
  }
  std::vector<DevicePart> Get() const {
    MutexLock lock(mutex_);
    return parts_;
  }
  // Grows with each Set.
  uint64_t version() const { return version_; }

 private:
  std::atomic<uint64_t> version_{0};
  mutable Mutex mutex_;
  std::vector<DevicePart> parts_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // UMSDK_DEVICE_H_
