// The memory of another thread's process.
#ifndef SDK_ENGINE_NOTIFY_GUEST_MEMORY_H_
#define SDK_ENGINE_NOTIFY_GUEST_MEMORY_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace umsdk {

// How many bytes were copied before the first one that the guest itself could not access; 0 when
// the thread is gone. `tid` and not the process id: the leader of a process may have exited.
size_t ReadGuestMemory(pid_t tid, uint64_t address, void* out, size_t size);
size_t WriteGuestMemory(pid_t tid, uint64_t address, const void* bytes, size_t size);

}  // namespace umsdk

#endif  // SDK_ENGINE_NOTIFY_GUEST_MEMORY_H_
