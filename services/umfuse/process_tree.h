// Who started whom, as /proc tells.
#ifndef SERVICES_UMFUSE_PROCESS_TREE_H_
#define SERVICES_UMFUSE_PROCESS_TREE_H_

#include <sys/types.h>

namespace umsdk::umfuse {

// True when `process` (or the process of that thread) is `ancestor` or descends from it.
bool IsWithin(pid_t process, pid_t ancestor);

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_PROCESS_TREE_H_
