// What /proc tells about a process, as far as job control needs it.
#ifndef FRONTENDS_SESSION_PROCESS_STATE_H_
#define FRONTENDS_SESSION_PROCESS_STATE_H_

#include <sys/types.h>

namespace umsdk::frontends {

// Whether the process is stopped: by a signal or, as one that the ptrace engine traces looks then,
// by its tracer.
bool IsStopped(pid_t pid);

// Whether a shell with job control looks after our process group: the parent is in our session, but
// in another group. Only then does somebody see that we stop, and continue us.
bool HasJobControlParent();

// The process group in the foreground of our controlling terminal, if one of 0, 1 and 2 is open on
// it; else -1.
pid_t ForegroundGroup();
void SetForegroundGroup(pid_t group);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_SESSION_PROCESS_STATE_H_
