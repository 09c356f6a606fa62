#include "services/umdev/tap_file.h"

#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/ethernet.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/random.h>

#include <algorithm>
#include <climits>
#include <cstring>
#include <utility>

namespace umsdk::umdev {
namespace {

constexpr unsigned kFeatures = IFF_TAP | IFF_NO_PI | IFF_ONE_QUEUE;

// A random unicast address that no vendor owns.
std::array<unsigned char, 6> LocalAddress() {
  std::array<unsigned char, 6> address = {};
  (void)!::getrandom(address.data(), address.size(), GRND_NONBLOCK);
  address[0] = static_cast<unsigned char>((address[0] & 0xfe) | 0x02);
  return address;
}

}  // namespace

TapFile::TapFile(std::unique_ptr<TapPort> port, Stater stat, Namer namer)
    : port_(std::move(port)), stat_(std::move(stat)), namer_(std::move(namer)), address_(LocalAddress()) {}

ErrnoOrOk TapFile::BeforeRead() {
  return port_->attached() ? ErrnoOrOk() : ErrnoOrOk(Errno(EBADFD));
}

// drivers/net/tun.c, tun_get_user. The kernel's socket, which has the frame next, takes one of any size.
ErrnoOrOk TapFile::BeforeWrite(uint64_t size) {
  UMSDK_RETURN_IF_ERRNO(BeforeRead());
  MutexLock lock(mutex_);
  const size_t header = (flags_ & IFF_NO_PI) != 0 ? 0 : sizeof(tun_pi);
  return size < header + sizeof(ether_header) ? ErrnoOrOk(Errno(EINVAL)) : ErrnoOrOk();
}

ErrnoOr<int64_t> TapFile::Ioctl(const Caller&, uint64_t request, uint64_t argument,
                                IoctlMemory& memory) {
  switch (request) {
    case TUNGETFEATURES:
      UMSDK_RETURN_IF_ERRNO(memory.Put(argument, kFeatures));
      return 0;
    case TUNSETIFF:
      return SetInterface(argument, memory);
    case TUNSETQUEUE:
    case TUNSETIFINDEX:
      return Errno(EINVAL);
    default:
      if (!port_->attached()) return Errno(EBADFD);
      return Attached(request, argument, memory);
  }
}

// drivers/net/tun.c, tun_set_iff.
ErrnoOr<int64_t> TapFile::SetInterface(uint64_t argument, IoctlMemory& memory) {
  UMSDK_ASSIGN_OR_ERRNO(ifreq request, memory.Get<ifreq>(argument));
  if (port_->attached()) return Errno(EEXIST);
  const auto flags = static_cast<unsigned short>(request.ifr_flags);
  if ((flags & IFF_TAP) == 0 || (flags & ~(kFeatures | IFF_TUN_EXCL)) != 0) return Errno(EINVAL);
  const std::string wanted(request.ifr_name, ::strnlen(request.ifr_name, IFNAMSIZ - 1));
  UMSDK_RETURN_IF_ERRNO(namer_(*this, wanted));
  if (ErrnoOrOk attached = port_->Attach((flags & IFF_NO_PI) == 0); !attached.ok()) {
    if (!port_->attached()) SetName("");
    return attached.error();
  }
  {
    MutexLock lock(mutex_);
    flags_ = static_cast<short>(flags & kFeatures);
  }
  std::memset(request.ifr_name, 0, sizeof(request.ifr_name));
  name().copy(request.ifr_name, IFNAMSIZ - 1);
  UMSDK_RETURN_IF_ERRNO(memory.Put(argument, request));
  return 0;
}

ErrnoOr<int64_t> TapFile::GetInterface(uint64_t argument, IoctlMemory& memory) {
  ifreq request = {};
  {
    MutexLock lock(mutex_);
    name_.copy(request.ifr_name, IFNAMSIZ - 1);
    request.ifr_flags = flags_;
  }
  UMSDK_RETURN_IF_ERRNO(memory.Put(argument, request));
  return 0;
}

ErrnoOr<int64_t> TapFile::HardwareAddress(uint64_t request, uint64_t argument, IoctlMemory& memory) {
  ifreq interface = {};
  if (request == SIOCSIFHWADDR) {
    UMSDK_ASSIGN_OR_ERRNO(interface, memory.Get<ifreq>(argument));
    if (interface.ifr_hwaddr.sa_family != ARPHRD_ETHER) return Errno(EINVAL);
    if ((interface.ifr_hwaddr.sa_data[0] & 1) != 0) return Errno(EADDRNOTAVAIL);
    MutexLock lock(mutex_);
    std::copy_n(interface.ifr_hwaddr.sa_data, address_.size(), address_.begin());
    return 0;
  }
  {
    MutexLock lock(mutex_);
    name_.copy(interface.ifr_name, IFNAMSIZ - 1);
    interface.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    std::copy(address_.begin(), address_.end(), interface.ifr_hwaddr.sa_data);
  }
  UMSDK_RETURN_IF_ERRNO(memory.Put(argument, interface));
  return 0;
}

ErrnoOr<int64_t> TapFile::Attached(uint64_t request, uint64_t argument, IoctlMemory& memory) {
  constexpr int kUnlimited = INT_MAX;
  switch (request) {
    case TUNGETIFF:
      return GetInterface(argument, memory);
    case SIOCGIFHWADDR:
    case SIOCSIFHWADDR:
      return HardwareAddress(request, argument, memory);
    case TUNSETOWNER:  // the open is the interface: who holds it owns it
    case TUNSETGROUP:
    case TUNSETNOCSUM:
      return 0;
    case TUNSETPERSIST:
    case TUNSETOFFLOAD:
      return argument == 0 ? ErrnoOr<int64_t>(0) : Errno(EINVAL);
    case TUNSETLINK:
      return argument == ARPHRD_ETHER ? ErrnoOr<int64_t>(0) : Errno(EINVAL);
    case TUNGETSNDBUF:
      UMSDK_RETURN_IF_ERRNO(memory.Put(argument, kUnlimited));
      return 0;
    case TUNSETSNDBUF: {
      UMSDK_ASSIGN_OR_ERRNO(int size, memory.Get<int>(argument));
      return size > 0 ? ErrnoOr<int64_t>(0) : Errno(EINVAL);
    }
    case TUNGETVNETHDRSZ:
    case TUNSETVNETHDRSZ:
    case TUNATTACHFILTER:
    case TUNDETACHFILTER:
      return Errno(EINVAL);
    default:
      return Errno(ENOTTY);
  }
}

}  // namespace umsdk::umdev
