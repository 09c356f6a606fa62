#include "sdk/core/socket_address.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>

#include "sdk/core/path_walk.h"
#include "sdk/core/permissions.h"
#include "sdk/core/socket_names.h"

namespace umsdk {

ErrnoOr<std::optional<std::string>> SocketPath(Call& call, uint64_t address, uint64_t size) {
  sockaddr_un name = {};
  constexpr size_t kPathAt = offsetof(sockaddr_un, sun_path);
  size = static_cast<uint32_t>(size);  // a socklen_t
  if (size <= kPathAt || size > sizeof(name)) return std::optional<std::string>();
  UMSDK_RETURN_IF_ERRNO(call.Get(address, &name, size));
  if (name.sun_family != AF_UNIX || name.sun_path[0] == '\0') return std::optional<std::string>();
  return std::optional<std::string>(std::string(name.sun_path, ::strnlen(name.sun_path, size - kPathAt)));
}

ErrnoOr<sockaddr_un> RealSocketName(const std::string& path) {
  sockaddr_un name = {};
  if (path.size() >= sizeof(name.sun_path)) return Errno(ENAMETOOLONG);
  name.sun_family = AF_UNIX;
  path.copy(name.sun_path, sizeof(name.sun_path) - 1);
  return name;
}

ErrnoOr<std::optional<sockaddr_un>> SocketTarget(Call& call, const std::optional<std::string>& path) {
  if (!path.has_value()) return std::optional<sockaddr_un>();
  UMSDK_ASSIGN_OR_ERRNO(Target target, WalkPath(call, AT_FDCWD, *path, {}));
  if (target.native) return std::optional<sockaddr_un>();
  call.MarkHandled();
  if (!target.is_virtual()) {
    UMSDK_ASSIGN_OR_ERRNO(sockaddr_un name, RealSocketName(target.path));
    return std::optional<sockaddr_un>(name);
  }
  if (!target.exists) return Errno(ENOENT);
  if (!target.mount || !target.node) return Errno(ECONNREFUSED);
  UMSDK_RETURN_IF_ERRNO(CheckAccess(call, *target.mount, target.attr, W_OK));
  if (!S_ISSOCK(target.attr.mode)) return Errno(ECONNREFUSED);
  return std::optional<sockaddr_un>(
      NodeSocketName(call.view().private_dir(), *target.mount, target.node->id()));
}

}  // namespace umsdk
