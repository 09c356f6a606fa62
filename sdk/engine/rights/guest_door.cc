#include "sdk/engine/rights/guest_door.h"

#include <cerrno>
#include <utility>

namespace umsdk {
namespace {

constexpr int kBacklog = 16;

}  // namespace

ErrnoOrOk GuestDoor::Listen() {
  UniqueFd listening(::socket(kDomain, kType, 0));
  if (!listening.valid()) return LastErrno();
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  auto* plain = reinterpret_cast<sockaddr*>(&name);
  // The bare family: the kernel chooses an abstract name that is free.
  if (::bind(listening.get(), plain, sizeof(name.sun_family)) != 0) return LastErrno();
  socklen_t size = sizeof(name);
  if (::getsockname(listening.get(), plain, &size) != 0) return LastErrno();
  if (::listen(listening.get(), kBacklog) != 0) return LastErrno();
  socket_ = std::move(listening);
  address_ = {name, size};
  return {};
}

ErrnoOr<GuestDoor::Address> GuestDoor::Open() {
  MutexLock lock(mutex_);
  if (!socket_.valid()) UMSDK_RETURN_IF_ERRNO(Listen());
  return address_;
}

ErrnoOr<UniqueFd> GuestDoor::Admit(pid_t guest) {
  MutexLock lock(mutex_);
  while (true) {
    UniqueFd connection(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!connection.valid()) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      return LastErrno();
    }
    ucred peer = {};
    socklen_t size = sizeof(peer);
    const int known = ::getsockopt(connection.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size);
    if (known == 0 && peer.pid == guest) return connection;
  }
}

}  // namespace umsdk
