// WorkerPool: the threads that run handlers.
//
// A worker that starts on a call makes sure that another one is free, so the tracer (which cannot
// start threads of this process itself) finds one even while handlers block.
#ifndef SDK_ENGINE_PTRACE_WORKER_POOL_H_
#define SDK_ENGINE_PTRACE_WORKER_POOL_H_

#include <atomic>
#include <list>
#include <memory>
#include <thread>
#include <vector>

#include "sdk/base/mutex.h"
#include "sdk/engine/engine.h"
#include "sdk/engine/ptrace/call_slot.h"
#include "sdk/engine/ptrace/mailbox.h"

namespace umsdk {

class WorkerPool {
 public:
  // All are borrowed and outlive the pool.
  WorkerPool(CallHandler& handler, Mailbox& mailbox, bool vectored_memory);
  ~WorkerPool();  // after the tracer has ended: waits until every handler has returned
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Starts one worker; it announces itself through the mailbox. Not from the tracer.
  void AddWorker();
  // The tracer has ended: handlers that wait for it, or for their guest's end, find out.
  void AbandonCalls();

  // ---- the tracer's side ----
  CallSlot* TakeIdle();  // null: none free at present
  bool has_idle() const { return !idle_.empty(); }
  void PutIdle(CallSlot* slot);
  void Admit(CallSlot* newcomer) { idle_.push_back(newcomer); }  // it has announced itself

 private:
  struct Worker {
    CallSlot slot;
    std::thread thread;
  };

  void Run(CallSlot& slot);
  void HandleOne(CallSlot& slot);

  CallHandler& handler_;
  Mailbox& mailbox_;
  const bool vectored_memory_;
  std::vector<CallSlot*> idle_;     // the tracer's
  std::atomic<int> available_ = 0;  // in idle_, or about to be
  Mutex mutex_;
  std::list<Worker> workers_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_WORKER_POOL_H_
