// The descendants of this process, as /proc shows them. Async-signal-safe: no libc, no allocation.
#ifndef SDK_ENGINE_LAUNCH_DESCENDANTS_H_
#define SDK_ENGINE_LAUNCH_DESCENDANTS_H_

#include <sys/types.h>

namespace umsdk {

// Sends `signal` to every descendant that can be seen now, and SIGCONT too when it is SIGTERM (a
// stopped process would not notice). `proc` is a descriptor of /proc. A process that forks
// meanwhile may leave a child out: callers that must get all call again until no child is left.
void SignalDescendants(int proc, int signal);
// SIGKILL to those of process `pid`, without itself, where nobody adopts the children of the
// killed: stops all first, so that none forks, and kills children before their parents.
void KillDescendantsOf(int proc, pid_t pid);

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_DESCENDANTS_H_
