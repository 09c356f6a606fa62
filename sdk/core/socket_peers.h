// SocketPeers: who connected to a virtual socket. We made the connection for the guest, so the kernel
// takes us for the peer (SO_PEERCRED).
#ifndef SDK_CORE_SOCKET_PEERS_H_
#define SDK_CORE_SOCKET_PEERS_H_

#include <sys/socket.h>
#include <sys/types.h>

#include <deque>
#include <optional>
#include <unordered_map>

#include "sdk/base/mutex.h"

namespace umsdk {

// Thread-safe. Remembers the most recent connections.
class SocketPeers {
 public:
  // The guest's `socket` (any descriptor of it) is being connected by us in the name of `guest`.
  void Note(int socket, const ucred& guest);
  // The guest at the other end of `socket`, if it was connected by us.
  std::optional<ucred> PeerOf(int socket) const;

 private:
  mutable Mutex mutex_;
  std::unordered_map<ino_t, ucred> by_inode_ UMSDK_GUARDED_BY(mutex_);
  std::deque<ino_t> order_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // SDK_CORE_SOCKET_PEERS_H_
