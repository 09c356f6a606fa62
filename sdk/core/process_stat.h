// What /proc tells about a process's place in time and in the tree.
#ifndef SDK_CORE_PROCESS_STAT_H_
#define SDK_CORE_PROCESS_STAT_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace umsdk {

struct ProcessStat {
  pid_t parent = 0;
  uint64_t started = 0;  // ticks since boot; with the number it names a process for good
};

// Of a thread: its process's parent, its own start. nullopt when it is gone.
std::optional<ProcessStat> ReadProcessStat(pid_t tid);

// The inode of /proc/TID: stays as long as the thread is looked at now and then, and is never
// another thread's. 0 when it is gone.
uint64_t ProcInode(pid_t tid);

}  // namespace umsdk

#endif  // SDK_CORE_PROCESS_STAT_H_
