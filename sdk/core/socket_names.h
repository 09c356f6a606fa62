// The real Unix sockets behind the socket nodes of virtual file systems.
#ifndef SDK_CORE_SOCKET_NAMES_H_
#define SDK_CORE_SOCKET_NAMES_H_

#include <sys/un.h>

#include <string>

#include "sdk/core/mount.h"
#include "sdk/base/errno.h"

namespace umsdk {

// Binds `socket` to `given`, the very text that the guest passed, so that the kernel itself tells it
// in getsockname, getpeername, accept and recvfrom. It leads into a directory of the node's own in
// `private_dir`, the root directory of the short-lived process that binds.
ErrnoOrOk BindNode(int private_dir, const Mount& mount, NodeId node, int socket, const std::string& given);

// By what this process reaches the socket of a node.
sockaddr_un NodeSocketName(int private_dir, const Mount& mount, NodeId node);

}  // namespace umsdk

#endif  // SDK_CORE_SOCKET_NAMES_H_
