#include "sdk/engine/ptrace/ptrace_tree.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>

#include "sdk/base/status_macros.h"
#include "sdk/engine/ptrace/tracer.h"

namespace umsdk {

PtraceTree::PtraceTree(const CallRunner::Options& options, const TrapSet& traps,
                       CallHandler& handler, std::unique_ptr<FirstGuest> start)
    : options_(options),
      traps_(traps),
      start_(std::move(start)),
      task_([this] { RunTracer(); }, [this] { OnTracerEnd(); }),
      mailbox_([this] { task_.Wake(); }),
      pool_(handler, mailbox_, options.vectored_memory) {}

PtraceTree::~PtraceTree() {
  if (!task_started_) return;
  mailbox_.PutKill();
  state_.AwaitEnd(std::nullopt);
}

absl::Status PtraceTree::Start() {
  // One runs a handler, the other is free: see WorkerPool.
  pool_.AddWorker();
  pool_.AddWorker();
  UMSDK_RETURN_IF_ERROR(task_.Start());
  task_started_ = true;
  UMSDK_ASSIGN_OR_RETURN(TreeState::Command command, state_.AwaitStart());
  pid_ = command.pid;
  pidfd_ = std::move(command.pidfd);
  return absl::OkStatus();
}

void PtraceTree::RunTracer() {
  Tracer tracer(options_, traps_, pool_, mailbox_, state_, task_);
  tracer.Run(*start_);
}

void PtraceTree::OnTracerEnd() {
  pool_.AbandonCalls();  // the destructor waits for SetEnded, so the pool is still there
  // Only the first of each kind counts: after an orderly end these change nothing.
  state_.SetStarted(absl::InternalError("ptrace engine: the tracer's task could not be run"));
  state_.PushEvent({GuestEvent::Kind::kLost, 0, 0});
  state_.SetEnded();
}

absl::Status PtraceTree::Signal(int signal) {
  if (::syscall(SYS_pidfd_send_signal, pidfd_.get(), signal, nullptr, 0) == 0) {
    return absl::OkStatus();
  }
  return absl::ErrnoToStatus(errno, "signal to the command");
}

void PtraceTree::Terminate(std::chrono::milliseconds grace, bool linger) {
  if (linger) state_.AwaitEnd(std::nullopt);
  mailbox_.PutSignal(SIGTERM);
  if (!state_.AwaitEnd(grace)) {
    mailbox_.PutKill();
    state_.AwaitEnd(std::nullopt);
  }
  start_->OnTreeEnd();
}

}  // namespace umsdk
