// TracerTask: runs a function in a task of its own that shares this process's memory, descriptors and
// directory, but is another process for the kernel.
//
// ptrace reports stops to *every* thread of the tracer's process that waits for children, and raises
// SIGCHLD there. In a task of its own the tracer has both for itself: the host's waitpid(-1) and its
// SIGCHLD handler never hear of guests. The task's own end raises no signal and is found only by
// waits with __WCLONE or __WALL.
//
// The task borrows the thread-local storage of an *anchor* thread, which does nothing else but wait
// for it (by a bare system call). So ordinary code works in it: malloc, errno, mutexes, condition
// variables. What does not: starting threads, and getpid() is not the host's.
#ifndef SDK_ENGINE_PTRACE_TRACER_TASK_H_
#define SDK_ENGINE_PTRACE_TRACER_TASK_H_

#include <sys/types.h>

#include <functional>
#include <thread>

#include "absl/status/status.h"
#include "sdk/base/mutex.h"

namespace umsdk {

class TracerTask {
 public:
  // `body` runs in the task, with every signal blocked, SIGCHLD not ignored. `ended` runs in the anchor
  // thread afterwards, however the task ended, and also when it could not be started.
  TracerTask(std::function<void()> body, std::function<void()> ended);
  ~TracerTask();  // waits for the end
  TracerTask(const TracerTask&) = delete;
  TracerTask& operator=(const TracerTask&) = delete;

  absl::Status Start();
  // Ends the task's present or next Sleep(). From any thread; harmless when it has ended.
  void Wake();

  // ---- within the task ----
  // Until Wake(), or until something happened to a child or tracee since the last Sleep(); at most
  // `timeout_ms` if that is not negative.
  void Sleep(int timeout_ms = -1);

 private:
  static int Main(void* self);
  void Anchor();

  const std::function<void()> body_;
  const std::function<void()> ended_;
  const pid_t host_;
  std::thread anchor_;
  Mutex mutex_;
  pid_t pid_ UMSDK_GUARDED_BY(mutex_) = 0;  // 0: not running; else not yet reaped
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_TRACER_TASK_H_
