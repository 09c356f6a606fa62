// Gives a descriptor to a guest that no ADDFD reaches: the guest is made to receive it.
#ifndef SDK_ENGINE_PTRACE_INSTALL_FD_H_
#define SDK_ENGINE_PTRACE_INSTALL_FD_H_

#include "sdk/base/errno.h"
#include "sdk/engine/ptrace/call_slot.h"
#include "sdk/engine/ptrace/guest_memory.h"
#include "sdk/engine/ptrace/injection.h"

namespace umsdk {

// As TrappedCall::InstallFd. The number is the one that the kernel's own allocation gives; a socket
// pair exists in the guest meanwhile (a few microseconds), close-on-exec.
ErrnoOr<int> InstallFdInGuest(Injection& injection, GuestMemory& memory,
                              const InstallRequest& request);

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_INSTALL_FD_H_
