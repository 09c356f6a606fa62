// PtraceEngine: the fallback where seccomp user notification is refused.
//
// Guests are traced from a task of its own (see tracer_task.h), so the host's waitpid(-1) and SIGCHLD
// are not disturbed. That task is the parent of the command and of the tree's orphans: getppid() of
// the command is not the host. It shares the host's memory, so a debugger that plants breakpoints in
// the engine's own code ends it, and with it all guests.
//
// What this engine cannot do:
//  - Guests cannot ptrace each other: PTRACE_TRACEME, ATTACH and SEIZE give EPERM, as the kernel
//    answers whenever a process is traced already. gdb and strace inside need the notify engine; the
//    first attempt is reported.
//  - A guest must not make a seccomp listener of its own (EBUSY) while a filter of ours stops its
//    calls: the kernel would ask that listener first and never us.
//  - InstallFd makes the guest run socketpair, close and recvmsg. A guest's own strict seccomp filter
//    that does not allow them answers in its way.
//  - Set-user-ID programs gain nothing under a tracer without privileges.
#ifndef SDK_ENGINE_PTRACE_PTRACE_ENGINE_H_
#define SDK_ENGINE_PTRACE_PTRACE_ENGINE_H_

#include <functional>
#include <memory>
#include <string>

#include "sdk/engine/engine.h"

namespace umsdk {

// Thread-safe.
class PtraceEngine final : public Engine {
 public:
  struct Options {
    // A filter stops the calls of the trap set, once each. Off: every call of a guest stops twice. It
    // is off in any case when this process has a seccomp filter already: that could answer a call
    // (ERRNO, USER_NOTIF) before ours is asked.
    bool seccomp_trace = true;
    // process_vm_readv and process_vm_writev; off: /proc/TID/mem.
    bool vectored_memory = true;
    // Lines for the owner of the view: what a guest cannot have here, once each. From a task of the
    // engine's; must not call the engine.
    std::function<void(const std::string&)> report = nullptr;
  };

  PtraceEngine() : PtraceEngine(Options()) {}
  explicit PtraceEngine(const Options& options) : options_(options) {}

  const char* name() const override { return "ptrace"; }
  // Unimplemented: this kernel lacks what the engine needs. Else what the kernel said.
  absl::StatusOr<std::unique_ptr<GuestTree>> Launch(const LaunchSpec& spec, const TrapSet& traps,
                                                    CallHandler& handler) override;
  // Every joined command has a tracer's task of its own. Where it cannot have a filter, or has one
  // already, each of its calls stops twice. InvalidArgument, PermissionDenied: who is at the other
  // end may not join.
  absl::StatusOr<std::unique_ptr<GuestTree>> Admit(UniqueFd connection, const TrapSet& traps,
                                                   CallHandler& handler) override;

 private:
  const Options options_;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_PTRACE_ENGINE_H_
