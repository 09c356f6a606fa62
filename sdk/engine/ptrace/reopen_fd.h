// Gives a file to a guest that has room for one descriptor only: it opens the file once more.
#ifndef SDK_ENGINE_PTRACE_REOPEN_FD_H_
#define SDK_ENGINE_PTRACE_REOPEN_FD_H_

#include "sdk/base/errno.h"
#include "sdk/engine/ptrace/call_slot.h"
#include "sdk/engine/ptrace/guest_memory.h"
#include "sdk/engine/ptrace/guest_scratch.h"
#include "sdk/engine/ptrace/injection.h"

namespace umsdk {

// A description of the guest's own, equal to ours. EMFILE where that is not possible: not a regular
// file, an offset, or a guest that cannot reach our /proc entry or may not open the file.
ErrnoOr<int> ReopenInGuest(Injection& injection, GuestMemory& memory, const GuestScratch& scratch,
                           const InstallRequest& request);

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_REOPEN_FD_H_
