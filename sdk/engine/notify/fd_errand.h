// FdErrand: a guest thread sends one of its descriptors to us, where we may not take it.
#ifndef SDK_ENGINE_NOTIFY_FD_ERRAND_H_
#define SDK_ENGINE_NOTIFY_FD_ERRAND_H_

#include "sdk/base/errno.h"
#include "sdk/base/unique_fd.h"
#include "sdk/engine/engine.h"
#include "sdk/engine/rights/guest_door.h"

namespace umsdk {

// A duplicate of the guest's descriptor, by calls that the guest is made to run in a page of its own:
// socket, connect, sendmsg. As TrappedCall::TakeFd, or what RunAsGuest says.
ErrnoOr<UniqueFd> TakeFdByErrand(TrappedCall& call, GuestDoor& door, int guest_fd);

}  // namespace umsdk

#endif  // SDK_ENGINE_NOTIFY_FD_ERRAND_H_
