// NativeFile: what stands behind a real descriptor that a service gave to a guest
// (SyscallContext::InstallFd, Device::OpenNative). The kernel carries the data; the service only looks on.
#ifndef UMSDK_NATIVE_FILE_H_
#define UMSDK_NATIVE_FILE_H_

#include "umsdk/device.h"
#include "umsdk/file_system.h"

namespace umsdk {

// Thread-safe. The view asks it for as long as the service keeps it: drop it when the descriptor's
// last copy is gone (the other end of a socket pair tells).
class NativeFile {
 public:
  virtual ~NativeFile() = default;
  // fstat(2).
  virtual ErrnoOr<Attr> Stat() = 0;
  // Before a guest reads from it: an error is the guest's, else the kernel goes on.
  virtual ErrnoOrOk BeforeRead() { return {}; }
  // Before a guest writes that many bytes to it, likewise.
  virtual ErrnoOrOk BeforeWrite(uint64_t /*size*/) { return {}; }
  // The last copy of the descriptor is gone, though the service still keeps this.
  virtual bool Closed() { return false; }
  // ioctl(2). ENOTTY where the service has none.
  virtual ErrnoOr<int64_t> Ioctl(const Caller&, uint64_t /*request*/, uint64_t /*argument*/,
                                 IoctlMemory&) {
    return Errno(ENOTTY);
  }
  // An ioctl by which the guest's descriptor becomes a copy of another one that it has, as by dup3(2):
  // that one's number. ENOTTY: it is none of these.
  virtual ErrnoOr<int> Original(uint64_t /*request*/, uint64_t /*argument*/, IoctlMemory&) {
    return Errno(ENOTTY);
  }
  // Whether it may be one of what is behind that number; else EINVAL.
  virtual bool MayCopy(const NativeFile& original) const {
    (void)original;
    return false;
  }
};

}  // namespace umsdk

#endif  // UMSDK_NATIVE_FILE_H_
