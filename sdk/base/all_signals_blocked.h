// AllSignalsBlocked: every signal blocked for a scope, for the threads that are started in it: they
// inherit the mask, so the host's signals are never delivered to a thread of ours.
#ifndef SDK_BASE_ALL_SIGNALS_BLOCKED_H_
#define SDK_BASE_ALL_SIGNALS_BLOCKED_H_

#include <signal.h>

namespace umsdk {

// Changes the calling thread's mask only, and restores it at the end of the scope.
class AllSignalsBlocked {
 public:
  AllSignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~AllSignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  AllSignalsBlocked(const AllSignalsBlocked&) = delete;
  AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace umsdk

#endif  // SDK_BASE_ALL_SIGNALS_BLOCKED_H_
