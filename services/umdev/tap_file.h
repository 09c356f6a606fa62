// TapFile: one open of a tap device: the ioctls of /dev/net/tun (linux/if_tun.h), which make the
// open an Ethernet interface. The kernel's own socket carries the frames.
#ifndef SERVICES_UMDEV_TAP_FILE_H_
#define SERVICES_UMDEV_TAP_FILE_H_

#include <net/if.h>

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "sdk/base/mutex.h"
#include "services/umdev/tap_port.h"
#include "umsdk/native_file.h"

namespace umsdk::umdev {

// Thread-safe.
class TapFile final : public NativeFile {
 public:
  // Names the file: `wanted`, or what the pattern "tap%d" or "" gives. EBUSY; EINVAL for what is no
  // name of an interface.
  using Namer = std::function<ErrnoOrOk(TapFile& file, const std::string& wanted)>;
  using Stater = std::function<Attr()>;

  TapFile(std::unique_ptr<TapPort> port, Stater stat, Namer namer);

  ErrnoOr<Attr> Stat() override { return stat_(); }
  // EBADFD before TUNSETIFF.
  ErrnoOrOk BeforeRead() override;
  ErrnoOrOk BeforeWrite(uint64_t size) override;
  bool Closed() override { return port_->Closed(); }
  // ENOTTY for what no tun device has, EINVAL for what this one does not offer: IFF_TUN,
  // offloading, several queues, virtio headers, persistence.
  ErrnoOr<int64_t> Ioctl(const Caller& caller, uint64_t request, uint64_t argument,
                         IoctlMemory& memory) override;

  // "": it is no interface (yet).
  std::string name() const {
    MutexLock lock(mutex_);
    return name_;
  }
  void SetName(const std::string& name) {
    MutexLock lock(mutex_);
    name_ = name;
  }

 private:
  ErrnoOr<int64_t> SetInterface(uint64_t argument, IoctlMemory& memory);
  ErrnoOr<int64_t> GetInterface(uint64_t argument, IoctlMemory& memory);
  ErrnoOr<int64_t> Attached(uint64_t request, uint64_t argument, IoctlMemory& memory);
  ErrnoOr<int64_t> HardwareAddress(uint64_t request, uint64_t argument, IoctlMemory& memory);

  const std::unique_ptr<TapPort> port_;
  const Stater stat_;
  const Namer namer_;
  mutable Mutex mutex_;
  std::string name_ UMSDK_GUARDED_BY(mutex_);
  short flags_ UMSDK_GUARDED_BY(mutex_) = 0;
  std::array<unsigned char, 6> address_ UMSDK_GUARDED_BY(mutex_) = {};
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_TAP_FILE_H_
