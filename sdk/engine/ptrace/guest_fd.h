// Descriptors of a guest thread, reached from outside it.
#ifndef SDK_ENGINE_PTRACE_GUEST_FD_H_
#define SDK_ENGINE_PTRACE_GUEST_FD_H_

#include <sys/types.h>

#include "sdk/base/errno.h"
#include "sdk/base/unique_fd.h"

namespace umsdk {

// A duplicate of descriptor `guest_fd` of thread `tid` (whose table need not be its leader's), the
// same open file description. EBADF as for the guest; ESRCH: it is gone; EPERM or ENOSYS: the kernel
// or an outer filter does not let us have pidfd_getfd.
ErrnoOr<UniqueFd> TakeGuestFd(pid_t tid, int guest_fd);

// False where a filter refuses pidfd_getfd whatever it is asked for.
bool MayTakeGuestFds();

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_GUEST_FD_H_
