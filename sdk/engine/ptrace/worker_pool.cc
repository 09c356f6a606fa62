#include "sdk/engine/ptrace/worker_pool.h"

#include <system_error>

#include "sdk/base/all_signals_blocked.h"
#include "sdk/engine/ptrace/stopped_call.h"

namespace umsdk {
namespace {

// Bounds what handlers that all block can take; further calls wait for a free worker.
constexpr size_t kMaxWorkers = 1024;

}  // namespace

WorkerPool::WorkerPool(CallHandler& handler, Mailbox& mailbox, bool vectored_memory)
    : handler_(handler), mailbox_(mailbox), vectored_memory_(vectored_memory) {}

WorkerPool::~WorkerPool() {
  // No handler is running any more that could add a worker once each has been joined.
  while (true) {
    Worker* worker = nullptr;
    {
      MutexLock lock(mutex_);
      for (Worker& candidate : workers_) {
        if (candidate.thread.joinable()) worker = &candidate;
      }
    }
    if (worker == nullptr) return;
    worker->slot.Quit();
    worker->thread.join();
  }
}

void WorkerPool::AddWorker() {
  AllSignalsBlocked blocked;
  MutexLock lock(mutex_);
  if (workers_.size() >= kMaxWorkers) return;
  ++available_;
  Worker& worker = workers_.emplace_back();
  try {
    worker.thread = std::thread([this, &worker] { Run(worker.slot); });
  } catch (const std::system_error&) {  // no more threads: calls wait for the workers there are
    workers_.pop_back();
    --available_;
  }
}

void WorkerPool::AbandonCalls() {
  MutexLock lock(mutex_);
  for (Worker& worker : workers_) worker.slot.Abandon();
}

CallSlot* WorkerPool::TakeIdle() {
  if (idle_.empty()) return nullptr;
  CallSlot* slot = idle_.back();
  idle_.pop_back();
  --available_;
  return slot;
}

void WorkerPool::PutIdle(CallSlot* slot) {
  slot->SetIdle();
  idle_.push_back(slot);
  ++available_;
}

void WorkerPool::Run(CallSlot& slot) {
  mailbox_.PutSlot(&slot);
  while (slot.AwaitWork()) HandleOne(slot);
}

void WorkerPool::HandleOne(CallSlot& slot) {
  if (available_ <= 0) AddWorker();
  StoppedCall call(slot, mailbox_, vectored_memory_);
  if (slot.Finish(handler_.Handle(call))) mailbox_.PutSlot(&slot);
}

}  // namespace umsdk
