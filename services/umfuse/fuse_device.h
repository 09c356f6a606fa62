// FuseDevice: one open of /dev/fuse: what a daemon holds, from its open to its end.
#ifndef SERVICES_UMFUSE_FUSE_DEVICE_H_
#define SERVICES_UMFUSE_FUSE_DEVICE_H_

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <linux/fuse.h>
#include <linux/sockios.h>

#include <atomic>
#include <memory>

#include "services/umfuse/protocol/fuse_conn.h"
#include "umsdk/native_file.h"

namespace umsdk::umfuse {

// As the kernel's: character device 10,229 that everybody may open.
inline Attr FuseDeviceAttr() {
  constexpr unsigned kMajor = 10, kMinor = 229;
  Attr attr;
  attr.mode = S_IFCHR | 0666;
  attr.rdev = ::makedev(kMajor, kMinor);
  return attr;
}

// Thread-safe.
class FuseDevice final : public NativeFile {
 public:
  explicit FuseDevice(UniqueFd socket) : socket_(std::move(socket)) {}

  ErrnoOr<Attr> Stat() override { return FuseDeviceAttr(); }
  // EPERM before the mount, ENODEV after the unmount, once all messages are read.
  ErrnoOrOk BeforeRead() override {
    if (!mounted_) return Errno(EPERM);
    return ending_ && Unread() == 0 ? ErrnoOrOk(Errno(ENODEV)) : ErrnoOrOk();
  }

  // FUSE_DEV_IOC_CLONE: worker threads with a descriptor each read from one queue, so one socket is
  // enough for them.
  ErrnoOr<int> Original(uint64_t request, uint64_t argument, IoctlMemory& memory) override {
    if (request != FUSE_DEV_IOC_CLONE) return Errno(ENOTTY);
    UMSDK_ASSIGN_OR_ERRNO(uint32_t number, memory.Get<uint32_t>(argument));
    return static_cast<int>(number);
  }
  bool MayCopy(const NativeFile& original) const override {
    auto* device = dynamic_cast<const FuseDevice*>(&original);
    return device != nullptr && device->mounted() && !mounted();
  }

  // Our end, for the connection: once. Invalid when it is mounted already.
  UniqueFd TakeSocket() { return mounted_.exchange(true) ? UniqueFd() : std::move(socket_); }
  int socket() const { return socket_.get(); }
  bool mounted() const { return mounted_; }
  void SetConn(std::shared_ptr<FuseConn> conn) { conn_ = std::move(conn); }
  const std::shared_ptr<FuseConn>& conn() const { return conn_; }
  // DESTROY is the last message.
  void SetEnding() { ending_ = true; }

 private:
  int Unread() const {
    int bytes = 0;
    if (!conn_ || ::ioctl(conn_->fd(), SIOCOUTQ, &bytes) != 0) return 0;
    return bytes;
  }

  UniqueFd socket_;                 // until the mount
  std::shared_ptr<FuseConn> conn_;  // from the mount on; set before the daemon's first read
  std::atomic<bool> mounted_{false}, ending_{false};
};

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_FUSE_DEVICE_H_
