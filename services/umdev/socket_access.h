// Who may connect to a socket that a mount names: it is we who connect, so the caller's right to it
// is looked at first.
#ifndef SERVICES_UMDEV_SOCKET_ACCESS_H_
#define SERVICES_UMDEV_SOCKET_ACCESS_H_

#include <string>

#include "sdk/base/errno.h"
#include "umsdk/syscall_context.h"

namespace umsdk::umdev {

// As connect(2) to the Unix socket `path` by the caller: ENOENT, ENOTSOCK, EACCES.
ErrnoOrOk CheckSocketAccess(SyscallContext& context, const std::string& path);

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_SOCKET_ACCESS_H_
