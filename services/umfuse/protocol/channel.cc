#include <sys/socket.h>

#include <utility>

#include "services/umfuse/protocol/fuse_conn.h"

namespace umsdk::umfuse {
namespace {

constexpr int kWantedBuffer = 3 << 20;  // the kernel doubles it

// Unprivileged, the kernel cuts it down to net.core.wmem_max.
void EnlargeBuffers(int socket) {
  if (::setsockopt(socket, SOL_SOCKET, SO_SNDBUFFORCE, &kWantedBuffer, sizeof(kWantedBuffer)) !=
      0) {
    ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &kWantedBuffer, sizeof(kWantedBuffer));
  }
}

}  // namespace

ErrnoOr<std::pair<UniqueFd, UniqueFd>> MakeChannel() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return LastErrno();
  UniqueFd ours(ends[0]), theirs(ends[1]);
  EnlargeBuffers(ours.get());
  EnlargeBuffers(theirs.get());
  return std::make_pair(std::move(ours), std::move(theirs));
}

}  // namespace umsdk::umfuse
