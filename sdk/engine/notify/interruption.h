// Whether a guest thread whose call is being handled must be let go.
#ifndef SDK_ENGINE_NOTIFY_INTERRUPTION_H_
#define SDK_ENGINE_NOTIFY_INTERRUPTION_H_

#include <sys/types.h>

namespace umsdk {

// Of one call. The kernel does not stop the wait for a signal (WAIT_KILLABLE_RECV), so it is asked.
// The answer is true only when the kernel is sure to act on the thread once it is let go: else the
// guest would see the bare ERESTARTSYS.
class Interruption {
 public:
  explicit Interruption(pid_t tid) : tid_(tid) {}

  // The first look remembers who traces the thread: reading that at the start of each wait costs more
  // than most waits last.
  bool Pending();

 private:
  void Begin();

  pid_t tid_;
  bool begun_ = false;
  pid_t tracer_ = 0;
  bool tracer_is_new_ = false;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_NOTIFY_INTERRUPTION_H_
