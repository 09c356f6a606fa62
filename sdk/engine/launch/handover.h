// How the warden gets the listener where pidfd_getfd is refused (Docker's default profile).
//
// The child cannot send its own listener: its filter, in force already, may trap sendmsg, and nobody
// receives yet. So it first makes a helper, without filter, that shares its descriptors and sends.
#ifndef SDK_ENGINE_LAUNCH_HANDOVER_H_
#define SDK_ENGINE_LAUNCH_HANDOVER_H_

#include "sdk/engine/launch/launch_page.h"

namespace umsdk {

// Whether this process may not use pidfd_getfd at all.
bool PidfdGetfdIsRefused();

// In the child, before its filter: makes the helper, a child of the warden, and returns its pid or
// -errno. When the last writer of the pipe behind `ready_end` is gone, it sends the listener that the
// page names; it ends then, or when the child does. Async-signal-safe.
long StartHandover(const LaunchPage& page, int socket, int ready_end);

// In the warden, after the pipe's end: the listener, or -errno. Reaps the helper.
long FinishHandover(const LaunchPage& page, int socket);

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_HANDOVER_H_
