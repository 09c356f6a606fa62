// ReadyPipe: a pipe that stands for a file in a guest's hand, so that poll(2), select(2) and epoll(7)
// of it are the kernel's own. What its file system says is possible without waiting shows as the
// fill of the pipe, which nobody reads or writes: all input and output of the guest is trapped.
//
// A pipe that is open for both is always writable when it is empty: "neither" shows as POLLOUT there.
#ifndef SDK_CORE_READY_PIPE_H_
#define SDK_CORE_READY_PIPE_H_

#include "sdk/base/mutex.h"
#include "sdk/base/unique_fd.h"
#include "sdk/core/open_object.h"
#include "umsdk/file_system.h"

namespace umsdk {

// Thread-safe.
class ReadyPipe final : public Readiness {
 public:
  // Makes the pipe; before all else.
  ErrnoOrOk Make();
  // The guest's end, with the access mode and status flags of `flags`. Once. Always ready at first.
  ErrnoOr<UniqueFd> Open(int flags);
  ObjectKey key() const { return key_; }

  void Show(unsigned events, bool news) override;

 private:
  void Fill(int count) UMSDK_REQUIRES(mutex_);

  UniqueFd reader_, writer_;
  ObjectKey key_;
  int mode_ = 0;  // O_ACCMODE of the guest's end
  Mutex mutex_;
  int filled_ UMSDK_GUARDED_BY(mutex_) = 0;  // of its two slots
};

}  // namespace umsdk

#endif  // SDK_CORE_READY_PIPE_H_
