// Addresses of Unix sockets in guest memory, and where they lead.
#ifndef SDK_CORE_SOCKET_ADDRESS_H_
#define SDK_CORE_SOCKET_ADDRESS_H_

#include <sys/un.h>

#include <optional>
#include <string>

#include "sdk/core/call.h"

namespace umsdk {

// The path of a Unix socket address; nullopt for other families, abstract and unnamed addresses.
ErrnoOr<std::optional<std::string>> SocketPath(Call& call, uint64_t address, uint64_t size);
// The address of a real path. ENAMETOOLONG
ErrnoOr<sockaddr_un> RealSocketName(const std::string& path);
// By what this process reaches the socket that a guest wants to connect or send to, once the guest may;
// nullopt when the guest's own address leads the kernel there. Marks the call as handled otherwise.
// `path`: as SocketPath copied it.
ErrnoOr<std::optional<sockaddr_un>> SocketTarget(Call& call, const std::optional<std::string>& path);

}  // namespace umsdk

#endif  // SDK_CORE_SOCKET_ADDRESS_H_
