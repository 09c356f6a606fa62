// Injection: runs system calls of ours in a guest thread that stands at the entry of one of its own.
//
// The guest's call does not run; when the Injection ends the thread stands at an exit stop with
// Tracee::regs holding the registers of its own call, for the tracer to answer or to issue it again.
// Signals stay pending meanwhile (the guest's mask is put back at the end), a group stop is noted.
#ifndef SDK_ENGINE_PTRACE_INJECTION_H_
#define SDK_ENGINE_PTRACE_INJECTION_H_

#include <array>
#include <cstdint>

#include "sdk/base/errno.h"
#include "sdk/engine/ptrace/stop_source.h"
#include "sdk/engine/ptrace/tracee.h"

namespace umsdk {

// The tracer's. Injected calls must not block.
class Injection {
 public:
  Injection(Tracee& tracee, StopSource& stops);
  ~Injection();
  Injection(const Injection&) = delete;
  Injection& operator=(const Injection&) = delete;

  // The result of the call in the guest, or its errno; ESRCH when the thread ends meanwhile.
  ErrnoOr<int64_t> Call(int64_t number, std::array<uint64_t, 6> args = {});
  // Brings the thread back to the entry stop of its own call, as if nothing had been injected.
  bool ReturnToEntry();
  // To the entry stop of another call than its own, which is to run in its place.
  bool EnterInstead(const TrappedCall::GuestCall& call);

  bool alive() const { return alive_; }  // false: the thread has ended, or become another program
  pid_t tid() const { return tracee_.tid; }
  uint64_t stack_pointer() const { return tracee_.regs.rsp; }

 private:
  bool Enter(int64_t number, const std::array<uint64_t, 6>& args);
  bool RunToSyscallStop();

  Tracee& tracee_;
  StopSource& stops_;
  uint64_t mask_ = 0;
  bool alive_;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_INJECTION_H_
