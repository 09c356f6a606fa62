// Waiting for a daemon that was told to end: what it has not written yet, it writes now.
#ifndef SERVICES_UMFUSE_DAEMON_END_H_
#define SERVICES_UMFUSE_DAEMON_END_H_

#include "services/umfuse/protocol/fuse_conn.h"

namespace umsdk::umfuse {

// Returns when the process that served `conn` is gone, the guest that waits is killed, or after
// some seconds: a daemon may serve other mounts, or have hung.
void AwaitEndOf(FuseConn& conn);

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_DAEMON_END_H_
