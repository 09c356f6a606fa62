// What waits for a guest thread that stands in a stop.
#ifndef SDK_ENGINE_PTRACE_PENDING_SIGNALS_H_
#define SDK_ENGINE_PTRACE_PENDING_SIGNALS_H_

#include <sys/types.h>

namespace umsdk {

// True when a signal is pending for `tid` or its process that would do something to it: a handler,
// a stop, death. The kernel queues ignored signals too for a traced task; those do not count.
bool HasSignalToDeliver(pid_t tid);

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_PENDING_SIGNALS_H_
