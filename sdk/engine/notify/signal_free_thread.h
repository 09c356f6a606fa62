// Starting a thread in which every signal is blocked.
#ifndef SDK_ENGINE_NOTIFY_SIGNAL_FREE_THREAD_H_
#define SDK_ENGINE_NOTIFY_SIGNAL_FREE_THREAD_H_

#include <pthread.h>

namespace umsdk {

// 0 or an errno; not std::thread, which would throw. The caller joins it. `name`: for `ps`, at most
// 15 characters. The thread has every signal blocked from its first instruction on.
int StartSignalFreeThread(pthread_t* thread, const char* name, void* (*main)(void*),
                          void* argument);

}  // namespace umsdk

#endif  // SDK_ENGINE_NOTIFY_SIGNAL_FREE_THREAD_H_
