// The ptrace requests of this engine, one function each. All work on a thread that stands in a stop
// and must be issued by its tracer.
//
// A guest may be killed at any moment, stop or not, so "no such process" is an ordinary outcome:
// every function returns false (or 0) then, and the tracer hears of the death from waitpid.
#ifndef SDK_ENGINE_PTRACE_PTRACE_REQUEST_H_
#define SDK_ENGINE_PTRACE_PTRACE_REQUEST_H_

#include <linux/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/user.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace umsdk {

// By the raw system call: glibc's wrapper and <linux/ptrace.h> declare the same names differently.
inline bool PtraceRequest(long request, pid_t tid, uint64_t address, uint64_t data) {
  return ::syscall(SYS_ptrace, request, tid, address, data) >= 0;
}

inline bool PtraceSeize(pid_t tid, uint64_t options) {
  return PtraceRequest(PTRACE_SEIZE, tid, 0, options);
}
inline bool PtraceSetOptions(pid_t tid, uint64_t options) {
  return PtraceRequest(PTRACE_SETOPTIONS, tid, 0, options);
}
// `request`: PTRACE_CONT or PTRACE_SYSCALL.
inline bool PtraceResume(pid_t tid, long request, int signal = 0) {
  return PtraceRequest(request, tid, 0, signal);
}
// Stays in its group-stop; SIGCONT ends it.
inline bool PtraceListen(pid_t tid) { return PtraceRequest(PTRACE_LISTEN, tid, 0, 0); }
inline bool PtraceInterrupt(pid_t tid) { return PtraceRequest(PTRACE_INTERRUPT, tid, 0, 0); }

inline bool PtraceGetCall(pid_t tid, ptrace_syscall_info& info) {
  return PtraceRequest(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), reinterpret_cast<uint64_t>(&info));
}
inline uint64_t PtraceEventMessage(pid_t tid) {
  unsigned long message = 0;
  PtraceRequest(PTRACE_GETEVENTMSG, tid, 0, reinterpret_cast<uint64_t>(&message));
  return message;
}
inline bool PtraceGetRegs(pid_t tid, user_regs_struct& regs) {
  return PtraceRequest(PTRACE_GETREGS, tid, 0, reinterpret_cast<uint64_t>(&regs));
}
inline bool PtraceSetRegs(pid_t tid, const user_regs_struct& regs) {
  return PtraceRequest(PTRACE_SETREGS, tid, 0, reinterpret_cast<uint64_t>(&regs));
}
// The call's number (what runs when the stop is an entry) and its result register.
inline bool PtraceSetNumber(pid_t tid, int64_t number) {
  return PtraceRequest(PTRACE_POKEUSR, tid, offsetof(user_regs_struct, orig_rax), number);
}
inline bool PtraceSetResult(pid_t tid, int64_t value) {
  return PtraceRequest(PTRACE_POKEUSR, tid, offsetof(user_regs_struct, rax), value);
}
inline bool PtraceSetFirstArg(pid_t tid, uint64_t value) {
  return PtraceRequest(PTRACE_POKEUSR, tid, offsetof(user_regs_struct, rdi), value);
}
inline bool PtraceGetSignalMask(pid_t tid, uint64_t& mask) {
  return PtraceRequest(PTRACE_GETSIGMASK, tid, sizeof(mask), reinterpret_cast<uint64_t>(&mask));
}
inline bool PtraceSetSignalMask(pid_t tid, uint64_t mask) {
  return PtraceRequest(PTRACE_SETSIGMASK, tid, sizeof(mask), reinterpret_cast<uint64_t>(&mask));
}

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_PTRACE_REQUEST_H_
