// Whether a signal that will kill a guest thread waits for it.
#ifndef SDK_CORE_DEADLY_SIGNAL_H_
#define SDK_CORE_DEADLY_SIGNAL_H_

#include <sys/types.h>

namespace umsdk {

// Also true when the thread is gone. The kernel would end the wait of such a thread where a call is
// merely "killable"; an engine that holds the thread in a stop keeps it from that.
bool HasDeadlySignal(pid_t tid);

}  // namespace umsdk

#endif  // SDK_CORE_DEADLY_SIGNAL_H_
