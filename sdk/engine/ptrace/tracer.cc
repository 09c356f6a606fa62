#include "sdk/engine/ptrace/tracer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include "sdk/engine/ptrace/proc_status.h"
#include "sdk/engine/ptrace/ptrace_request.h"

namespace umsdk {
namespace {

constexpr uint64_t kOptions = PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE |
                              PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC;
constexpr int kSyscallStop = SIGTRAP | 0x80;  // by TRACESYSGOOD

bool IsStopSignal(int signal) {
  return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

// As waitpid(2) tells that a child stopped.
int StoppedStatus(int signal) { return signal << 8 | 0x7f; }
constexpr int kContinuedStatus = 0xffff;

bool IsFirstThread(pid_t tid) { return ::syscall(SYS_tgkill, tid, tid, 0) == 0; }

}  // namespace

Tracer::Tracer(const CallRunner::Options& options, const TrapMatcher& traps, WorkerPool& pool,
               Mailbox& mailbox, TreeState& state, TracerTask& task)
    : options_(options),
      mailbox_(mailbox),
      state_(state),
      task_(task),
      calls_(options, traps, pool, stops_) {}

void Tracer::Run(FirstGuest& start) {
  start_ = &start;
  // Orphans of the tree stay our descendants: Yama lets only ancestors look into a process.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  absl::Status status = StartCommand(start);
  if (!status.ok()) {
    if (command_ > 0 && start.is_own_child()) {
      ::kill(command_, SIGKILL);
      ::waitpid(command_, nullptr, __WALL);
    }
    return state_.SetStarted(status);
  }
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, command_, 0));
  state_.SetStarted(TreeState::Command{command_, UniqueFd(pidfd)});
  PrepareWaker(start);
  while (true) {
    ServeMailbox();
    if (!ServeStops()) return;
    calls_.ServeWaiting();
    task_.Sleep(waker_.TimeoutMs());
    waker_.Look();
  }
}

void Tracer::PrepareWaker(const FirstGuest& start) {
  if (!start.continue_host()) return;
  waker_.wanted = true;
  waker_.host = ::getppid();
  proc_.Reset(::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  host_.Reset(static_cast<int>(::syscall(SYS_pidfd_open, waker_.host, 0)));
  waker_.proc = proc_.get();
  waker_.host_pidfd = host_.get();
}

absl::Status Tracer::StartCommand(FirstGuest& start) {
  absl::StatusOr<pid_t> child = start.Make();
  if (!child.ok()) return child.status();
  command_ = *child;
  // Without TRACESECCOMP in two-stop mode: a filter of the guest's own that asks for a tracer gets
  // ENOSYS from the kernel, as it does natively.
  const uint64_t options = kOptions | (options_.one_stop ? PTRACE_O_TRACESECCOMP : 0);
  if (!PtraceSeize(command_, start.is_own_child() ? options : 0)) {
    return absl::ErrnoToStatus(errno,
                               "ptrace engine: PTRACE_SEIZE of the command is refused; see "
                               "kernel.yama.ptrace_scope and the container's seccomp profile");
  }
  if (!start.is_own_child()) {
    absl::Status held = HoldJoined(start, options);
    if (!held.ok()) return held;
  } else {
    Find(command_).launching = true;
    if (!options_.one_stop) PtraceInterrupt(command_);  // its stop starts the tracing of all calls
  }
  start.Release();
  return absl::OkStatus();
}

// The seized process could be a stranger that has the command's number now, and must not be killed:
// it gets its options when that is ruled out. Without them it is let go when this task ends.
absl::Status Tracer::HoldJoined(const FirstGuest& start, uint64_t options) {
  int status = 0;
  if (!start.IsThere() || !PtraceInterrupt(command_) || !stops_.Await(command_, status) ||
      !WIFSTOPPED(status) || !PtraceSetOptions(command_, options)) {
    return absl::AbortedError("ptrace engine: the joining command has ended");
  }
  Find(command_).launching = true;
  OnReport(command_, status);
  return absl::OkStatus();
}

bool Tracer::ServeStops() {
  StopSource::Report report;
  while (true) {
    switch (stops_.Next(report)) {
      case StopSource::Outcome::kReport: OnReport(report.tid, report.status); break;
      case StopSource::Outcome::kNothingNow: return true;
      case StopSource::Outcome::kNobodyLeft: return false;
    }
  }
}

void Tracer::ServeMailbox() {
  Mailbox::Letters letters = mailbox_.TakeAll();
  for (CallSlot* slot : letters.slots) calls_.OnSlot(*slot);
  for (int signal : letters.signals_to_all) SignalAll(signal);
  if (!letters.kill) return;
  killing_ = true;
  SignalAll(SIGKILL);
}

// No pid of a tracee can be in use again before this task has reaped it: the signals hit no stranger.
void Tracer::SignalAll(int signal) {
  for (const auto& [tid, tracee] : tracees_) {
    if (IsFirstThread(tid)) ::kill(tid, signal);
  }
}

// A new thread may report before its parent's clone does: whoever comes first makes the entry.
Tracee& Tracer::Find(pid_t tid) {
  std::unique_ptr<Tracee>& tracee = tracees_[tid];
  if (tracee == nullptr) {
    tracee = std::make_unique<Tracee>();
    tracee->tid = tid;
    if (killing_) ::kill(tid, SIGKILL);
  }
  return *tracee;
}

void Tracer::OnReport(pid_t tid, int status) {
  if (!WIFSTOPPED(status)) return OnEnd(tid, status);
  const int signal = WSTOPSIG(status);
  const int event = status >> 16;
  if (event == PTRACE_EVENT_EXEC) OnExec(tid);
  Tracee& tracee = Find(tid);
  if (event == PTRACE_EVENT_EXEC) calls_.OnExec(tracee);
  switch (event) {
    case 0:
      if (signal == kSyscallStop) return calls_.OnSyscallStop(tracee);
      return calls_.Resume(tracee, signal);  // a signal on its way: as it is
    case PTRACE_EVENT_SECCOMP: return calls_.OnSeccompStop(tracee);
    case PTRACE_EVENT_STOP: return OnEventStop(tracee, signal);
    default: return calls_.Resume(tracee);  // clone, fork, vfork: the child reports by itself
  }
}

void Tracer::OnEventStop(Tracee& tracee, int signal) {
  const bool group_stop = IsStopSignal(signal);
  if (tracee.tid == command_ && group_stop != command_stopped_) {
    command_stopped_ = group_stop;
    group_stop ? waker_.OnStopped() : waker_.OnContinued();
    state_.PushEvent(
        group_stop
            ? GuestEvent{GuestEvent::Kind::kStopped, StoppedStatus(signal), 0}
            : GuestEvent{GuestEvent::Kind::kContinued, kContinuedStatus, 0});
  }
  tracee.process_stops = false;
  if (group_stop) {
    TellSiblings(tracee);
    PtraceListen(tracee.tid);
  } else {
    calls_.Resume(tracee);
  }
}

// The kernel does not stop a thread that stands in a stop of ours: it joins when it runs again.
void Tracer::TellSiblings(const Tracee& stopped) {
  const auto process = static_cast<pid_t>(ProcStatus(stopped.tid).Number("Tgid"));
  for (const auto& [tid, tracee] : tracees_) {
    if (tid == stopped.tid || ::syscall(SYS_tgkill, process, tid, 0) != 0) continue;
    tracee->process_stops = true;
    if (tracee->slot != nullptr) tracee->slot->process_stops = true;
  }
}

// The thread that called execve has the process's id now; its own is gone without another report, as
// is the former first thread.
void Tracer::OnExec(pid_t tid) {
  const pid_t former = static_cast<pid_t>(PtraceEventMessage(tid));
  if (former == tid || former == 0) return;
  auto caller = tracees_.find(former);
  if (caller == tracees_.end()) return;
  std::unique_ptr<Tracee> moved = std::move(caller->second);
  tracees_.erase(caller);
  if (auto first = tracees_.find(tid); first != tracees_.end()) calls_.Forget(*first->second);
  moved->tid = tid;
  tracees_[tid] = std::move(moved);
}

void Tracer::OnEnd(pid_t tid, int status) {
  if (auto ended = tracees_.find(tid); ended != tracees_.end()) {
    calls_.Forget(*ended->second);
    tracees_.erase(ended);
  }
  if (tid != command_) return;
  state_.PushEvent({GuestEvent::Kind::kExited, status, start_->exec_errno()});
}

}  // namespace umsdk
