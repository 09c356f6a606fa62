// The warden's side of its socket. Async-signal-safe.
#ifndef SDK_ENGINE_LAUNCH_WARDEN_SOCKET_H_
#define SDK_ENGINE_LAUNCH_WARDEN_SOCKET_H_

#include "sdk/engine/launch/warden_messages.h"

namespace umsdk {

// 0 or -errno; never waits (-EAGAIN when the host does not read). At most 4 descriptors.
long SendReport(int socket, const WardenReport& report, const int* fds, int count);

// True when there was an order; false when there is none now. `*closed`: the host's end is gone.
bool ReceiveOrder(int socket, WardenOrder* order, bool* closed);

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_WARDEN_SOCKET_H_
