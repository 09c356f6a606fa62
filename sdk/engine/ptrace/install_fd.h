// Gives a descriptor to a guest that no ADDFD reaches, or takes one: the guest is made to receive or
// to send it.
#ifndef SDK_ENGINE_PTRACE_INSTALL_FD_H_
#define SDK_ENGINE_PTRACE_INSTALL_FD_H_

#include "sdk/base/errno.h"
#include "sdk/base/unique_fd.h"
#include "sdk/engine/ptrace/call_slot.h"
#include "sdk/engine/ptrace/guest_memory.h"
#include "sdk/engine/ptrace/injection.h"
#include "sdk/engine/rights/guest_door.h"

namespace umsdk {

// As TrappedCall::InstallFd. The number is the one that the kernel's own allocation gives; a socket
// or two exist in the guest meanwhile (a few microseconds), close-on-exec. With a min_fd, which is for
// the image of an exec, the guest's POSIX locks on the file go, as they will with that exec.
ErrnoOr<int> InstallFdInGuest(Injection& injection, GuestMemory& memory, GuestDoor& door,
                              const InstallRequest& request);

// As TrappedCall::TakeFd, where pidfd_getfd is refused.
ErrnoOr<UniqueFd> HaveFdSent(Injection& injection, GuestMemory& memory, GuestDoor& door,
                             int guest_fd);

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_INSTALL_FD_H_
