#include "sdk/engine/launch/warden_errand.h"

#include <linux/futex.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <climits>

#include "sdk/engine/launch/raw_syscall.h"

namespace umsdk {
namespace {

constexpr int kSyscallInstruction = 2;  // bytes: 0f 05
constexpr int kSyscallStop = SIGTRAP | 0x80;
constexpr int kRestartSys = 512;  // ERESTARTSYS; its relatives end with ERESTART_RESTARTBLOCK
constexpr int kRestartBlock = 516;

bool WillBeRestarted(int64_t result) { return result <= -kRestartSys && result >= -kRestartBlock; }

}  // namespace

long WardenErrand::Request(long request, uint64_t address, uint64_t data) const {
  return RawSyscall(SYS_ptrace, request, tid_, address, data);
}

long WardenErrand::Resume(int signal) const {
  return Request(stage_ == Stage::kSeized ? PTRACE_CONT : PTRACE_SYSCALL, 0,
                 static_cast<uint64_t>(signal));
}

void WardenErrand::Run(pid_t tid, uint64_t notification) {
  if (stage_ == Stage::kHeld && tid == tid_) {
    index_ = 0;
    return StartCall();
  }
  if (stage_ != Stage::kNone) return Report(EBUSY);
  tid_ = tid;
  replacing_in_ = 0;
  const long seized = Request(PTRACE_SEIZE, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  if (seized < 0) {
    tid_ = 0;
    return Report(static_cast<int>(-seized));
  }
  // A valid notification proves that the number still means the guest; and now it cannot change.
  const bool is_guest =
      RawSyscall(SYS_ioctl, listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &notification) == 0;
  stage_ = is_guest ? Stage::kSeized : Stage::kRefused;
  // Before the answer: the thread then stops before it delivers a signal or reaches user space.
  Request(PTRACE_INTERRUPT, 0, 0);
  if (!is_guest) return;
  seccomp_notif_resp answer = {};
  answer.id = notification;
  answer.error = -kRestartSys;
  // Fails on Linux < 5.19, where the interruption alone ends the wait, with the same result.
  RawSyscall(SYS_ioctl, listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

void WardenErrand::Replace(pid_t process) {
  if (stage_ != Stage::kHeld) return Report(ESRCH);
  constexpr uint64_t kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC;
  Request(PTRACE_SETOPTIONS, 0, kOptions);
  replacing_in_ = process;
  index_ = 0;
  StartCall();
}

bool WardenErrand::Concerns(pid_t pid, int status) {
  if (tid_ == 0 || pid == tid_) return tid_ != 0;
  const bool executed = WIFSTOPPED(status) && status >> 16 == PTRACE_EVENT_EXEC;
  const bool ended = WIFEXITED(status) || WIFSIGNALED(status);
  if (pid != replacing_in_ || !(executed || ended)) return false;
  tid_ = pid;
  return true;
}

void WardenErrand::OnStatus(int status) {
  if (WIFSTOPPED(status)) {
    Stopped(status);
  } else if (!WIFCONTINUED(status)) {
    Gone();
  }
}

void WardenErrand::Stopped(int status) {
  if (stage_ == Stage::kHeld || stage_ == Stage::kDying) return;
  if (stage_ == Stage::kRefused) {
    Request(PTRACE_DETACH, 0, status >> 16 == 0 ? static_cast<uint64_t>(WSTOPSIG(status)) : 0);
    return Gone();
  }
  if (status >> 16 == PTRACE_EVENT_EXEC) {
    Executed();
  } else if (status >> 16 == PTRACE_EVENT_STOP) {
    // Later ones (a stop of the whole process) change nothing: the thread joins it when let go.
    if (stage_ == Stage::kSeized) return Begin();
    Resume(0);
  } else if (WSTOPSIG(status) != kSyscallStop) {
    Resume(WSTOPSIG(status));  // SIGSTOP: what can be blocked is blocked
  } else if (stage_ == Stage::kToEntry) {
    stage_ = Stage::kToExit;
    Resume(0);
  } else {
    CallDone();
  }
}

// Signals that come meanwhile stay pending until the thread is let go.
void WardenErrand::Begin() {
  const uint64_t all = ~uint64_t{0};
  Request(PTRACE_GETREGS, 0, reinterpret_cast<uint64_t>(&registers_));
  Request(PTRACE_GETSIGMASK, sizeof(signal_mask_), reinterpret_cast<uint64_t>(&signal_mask_));
  Request(PTRACE_SETSIGMASK, sizeof(all), reinterpret_cast<uint64_t>(&all));
  index_ = 0;
  StartCall();
}

// Through the thread's own system call instruction, which is the one before its saved address.
void WardenErrand::StartCall() {
  if (index_ >= page->count) {
    stage_ = Stage::kHeld;
    if (replacing_in_ != 0) Finish(page->calls[0].result);
    return Report(0);
  }
  const ErrandPage::Call& call = page->calls[index_];
  user_regs_struct registers = registers_;
  registers.rdi = call.args[0], registers.rsi = call.args[1], registers.rdx = call.args[2];
  registers.r10 = call.args[3], registers.r8 = call.args[4], registers.r9 = call.args[5];
  registers.rax = static_cast<uint64_t>(call.number);
  registers.orig_rax = ~0ull;  // not in a call any more: nothing to restart
  registers.rip -= kSyscallInstruction;
  page->running = tid_;
  stage_ = Stage::kToEntry;
  Request(PTRACE_SETREGS, 0, reinterpret_cast<uint64_t>(&registers));
  Resume(0);
}

void WardenErrand::CallDone() {
  user_regs_struct registers = {};
  if (Request(PTRACE_GETREGS, 0, reinterpret_cast<uint64_t>(&registers)) < 0) return;
  const auto result = static_cast<int64_t>(registers.rax);
  if (WillBeRestarted(result)) {
    stage_ = Stage::kToEntry;
    Resume(0);
    return;
  }
  page->calls[index_++].result = result;
  StartCall();
}

void WardenErrand::Finish(int64_t value) {
  if (stage_ != Stage::kHeld) return;
  registers_.rax = static_cast<uint64_t>(value);
  Request(PTRACE_SETREGS, 0, reinterpret_cast<uint64_t>(&registers_));
  Request(PTRACE_SETSIGMASK, sizeof(signal_mask_), reinterpret_cast<uint64_t>(&signal_mask_));
  page->running = 0;
  const bool detached = Request(PTRACE_DETACH, 0, 0) == 0;
  stage_ = detached ? Stage::kNone : Stage::kDying;
  if (detached) tid_ = 0;
}

// Another program has the signal mask of before, not the one of the errand.
void WardenErrand::Executed() {
  Request(PTRACE_SETSIGMASK, sizeof(signal_mask_), reinterpret_cast<uint64_t>(&signal_mask_));
  page->running = 0;  // what it calls from now on is its own
  Request(PTRACE_DETACH, 0, 0);
  Gone();
}

void WardenErrand::Probe() {
  if (Request(PTRACE_INTERRUPT, 0, 0) != -ESRCH) return;
  // A thread that is not the first tells under which number it goes on, or that it has ended.
  if (replacing_in_ == 0 || replacing_in_ == tid_) Gone();
}

void WardenErrand::Gone() {
  const bool awaited = awaits_stop() && !is_dying();
  stage_ = Stage::kNone;
  tid_ = 0;
  replacing_in_ = 0;
  page->running = 0;
  if (awaited) Report(ESRCH);
}

void WardenErrand::Report(int error) {
  page->error = error;
  page->done = 1;
  RawSyscall(SYS_futex, &page->done, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace umsdk
