#include "sdk/engine/ptrace/injection.h"

#include <signal.h>
#include <sys/wait.h>

#include "sdk/engine/ptrace/ptrace_request.h"

namespace umsdk {
namespace {

constexpr int kSyscallInstruction = 2;  // bytes: 0f 05
constexpr int64_t kLastErrno = 4095;

void PutArgs(user_regs_struct& regs, const std::array<uint64_t, 6>& args) {
  regs.rdi = args[0], regs.rsi = args[1], regs.rdx = args[2];
  regs.r10 = args[3], regs.r8 = args[4], regs.r9 = args[5];
}

}  // namespace

Injection::Injection(Tracee& tracee, StopSource& stops) : tracee_(tracee), stops_(stops) {
  alive_ = PtraceGetSignalMask(tracee.tid, mask_) && PtraceSetSignalMask(tracee.tid, ~uint64_t{0});
  if (alive_ && tracee.at != Tracee::At::kExitStop) {
    alive_ = PtraceGetRegs(tracee.tid, tracee.regs);
  }
}

Injection::~Injection() {
  if (alive_) {
    PtraceSetSignalMask(tracee_.tid, mask_);
  } else {
    tracee_.at = Tracee::At::kRunning;  // it stands elsewhere or has ended: no verdict applies
  }
}

ErrnoOr<int64_t> Injection::Call(int64_t number, std::array<uint64_t, 6> args) {
  if (!alive_) return Errno(ESRCH);
  alive_ = Enter(number, args) && RunToSyscallStop();
  user_regs_struct regs;
  alive_ = alive_ && PtraceGetRegs(tracee_.tid, regs);
  if (!alive_) return Errno(ESRCH);
  int64_t result = static_cast<int64_t>(regs.rax);
  if (result < 0 && result >= -kLastErrno) return Errno(static_cast<int>(-result));
  return result;
}

bool Injection::ReturnToEntry() {
  user_regs_struct regs = tracee_.regs;
  alive_ = alive_ && Enter(tracee_.call.number, {regs.rdi, regs.rsi, regs.rdx, regs.r10, regs.r8,
                                                 regs.r9});
  if (alive_) tracee_.at = Tracee::At::kEntryStop;
  return alive_;
}

bool Injection::EnterInstead(const TrappedCall::GuestCall& call) {
  alive_ = alive_ && Enter(call.number, call.args);
  if (alive_) tracee_.at = Tracee::At::kEntryStop;
  return alive_;
}

// To the entry stop of `number`. The first time the guest's own entry serves for it; later the
// thread goes round through its own system call instruction.
bool Injection::Enter(int64_t number, const std::array<uint64_t, 6>& args) {
  user_regs_struct regs = tracee_.regs;
  PutArgs(regs, args);
  if (tracee_.at != Tracee::At::kExitStop) {
    tracee_.at = Tracee::At::kExitStop;
    regs.orig_rax = number;
    return PtraceSetRegs(tracee_.tid, regs);
  }
  regs.orig_rax = ~0ull;  // not in a call any more: nothing to restart
  regs.rax = number;
  regs.rip -= kSyscallInstruction;
  return PtraceSetRegs(tracee_.tid, regs) && RunToSyscallStop();
}

bool Injection::RunToSyscallStop() {
  int signal = 0;
  while (true) {
    int status = 0;
    if (!PtraceResume(tracee_.tid, PTRACE_SYSCALL, signal)) return false;
    if (!stops_.Await(tracee_.tid, status)) return false;
    signal = 0;
    const int event = status >> 16;
    if (!WIFSTOPPED(status) || event == PTRACE_EVENT_EXEC) {
      stops_.PutBack({tracee_.tid, status});  // it died, or its process became another program
      return false;
    }
    if (WSTOPSIG(status) == (SIGTRAP | 0x80)) return true;
    if (event == PTRACE_EVENT_STOP && WSTOPSIG(status) != SIGTRAP) tracee_.stop_again = true;
    if (event != 0) continue;
    // SIGSTOP cannot be blocked: it stops the process now, this thread when it is done.
    signal = WSTOPSIG(status);
    // Another one is forced: the instruction is no longer mapped. Given to the guest, it does what
    // it would do natively.
    if (signal != SIGSTOP) {
      stops_.PutBack({tracee_.tid, status});
      return false;
    }
  }
}

}  // namespace umsdk
