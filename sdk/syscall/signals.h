// Signals. The kernel delivers them, to a guest that waits in a trapped call as well.
#ifndef UMSDK_SDK_SYSCALL_SIGNALS_H_
#define UMSDK_SDK_SYSCALL_SIGNALS_H_

#include <cstddef>

#include "sdk/syscall/arg_kinds.h"
#include "sdk/syscall/syscall_list.h"
#include "sdk/syscall/syscall_spec.h"

namespace umsdk::sys {

using Kill = SyscallSpec<"kill", 62, Native<>, Arg<"pid", ProcessId>, Arg<"sig", SignalNumber>>;
using Tkill = SyscallSpec<"tkill", 200, Native<>, Arg<"tid", ProcessId>, Arg<"sig", SignalNumber>>;
using Tgkill = SyscallSpec<"tgkill", 234, Native<>, Arg<"tgid", ProcessId>, Arg<"tid", ProcessId>,
                           Arg<"sig", SignalNumber>>;
using RtSigaction =
    SyscallSpec<"rt_sigaction", 13, Native<>, Arg<"sig", SignalNumber>, Arg<"act", InPtr>,
                Arg<"oldact", OutPtr>, Arg<"sigsetsize", size_t>>;
using RtSigprocmask =
    SyscallSpec<"rt_sigprocmask", 14, Native<>, Arg<"how", int>, Arg<"set", InBytes<"sigsetsize">>,
                Arg<"oldset", OutBytes<"sigsetsize">>, Arg<"sigsetsize", size_t>>;
using RtSigreturn = SyscallSpec<"rt_sigreturn", 15, Native<>>;
using RtSigpending = SyscallSpec<"rt_sigpending", 127, Native<>, Arg<"set", OutBytes<"sigsetsize">>,
                                 Arg<"sigsetsize", size_t>>;
using RtSigtimedwait =
    SyscallSpec<"rt_sigtimedwait", 128, Native<>, Arg<"set", InBytes<"sigsetsize">>,
                Arg<"info", OutPtr>, Arg<"timeout", InPtr>, Arg<"sigsetsize", size_t>>;
using RtSigqueueinfo = SyscallSpec<"rt_sigqueueinfo", 129, Native<>, Arg<"pid", ProcessId>,
                                   Arg<"sig", SignalNumber>, Arg<"info", InPtr>>;
using RtTgsigqueueinfo =
    SyscallSpec<"rt_tgsigqueueinfo", 297, Native<>, Arg<"tgid", ProcessId>, Arg<"tid", ProcessId>,
                Arg<"sig", SignalNumber>, Arg<"info", InPtr>>;
using RtSigsuspend = SyscallSpec<"rt_sigsuspend", 130, Native<>, Arg<"set", InBytes<"sigsetsize">>,
                                 Arg<"sigsetsize", size_t>>;
using Sigaltstack =
    SyscallSpec<"sigaltstack", 131, Native<>, Arg<"ss", InPtr>, Arg<"old_ss", OutPtr>>;
using Pause = SyscallSpec<"pause", 34, Native<>>;
using RestartSyscall = SyscallSpec<"restart_syscall", 219, Native<>>;

using SignalsCalls = SyscallList<Kill, Tkill, Tgkill, RtSigaction, RtSigprocmask, RtSigreturn,
                                 RtSigpending, RtSigtimedwait, RtSigqueueinfo, RtTgsigqueueinfo,
                                 RtSigsuspend, Sigaltstack, Pause, RestartSyscall>;

}  // namespace umsdk::sys

#endif  // UMSDK_SDK_SYSCALL_SIGNALS_H_
