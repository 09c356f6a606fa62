// The rest: futexes, System V IPC, keys, the system itself, and calls that are no more.
#ifndef UMSDK_SDK_SYSCALL_OTHERS_H_
#define UMSDK_SDK_SYSCALL_OTHERS_H_

#include <cstddef>
#include <cstdint>

#include "sdk/syscall/arg_kinds.h"
#include "sdk/syscall/guest_addr.h"
#include "sdk/syscall/syscall_list.h"
#include "sdk/syscall/syscall_spec.h"

namespace umsdk::sys {

using Futex = SyscallSpec<"futex", 202, Native<>, Arg<"uaddr", GuestAddr>, Arg<"op", int>,
                          Arg<"val", unsigned>, Arg<"timeout", Opaque>, Arg<"uaddr2", GuestAddr>,
                          Arg<"val3", unsigned>>;
using FutexWaitv = SyscallSpec<"futex_waitv", 449, Native<>, Arg<"waiters", InArray<"nr_futexes">>,
                               Arg<"nr_futexes", unsigned>, Arg<"flags", Flags>,
                               Arg<"timeout", InPtr>, Arg<"clockid", int>>;
using FutexWake = SyscallSpec<"futex_wake", 454, Native<>, Arg<"uaddr", GuestAddr>,
                              Arg<"mask", Flags64>, Arg<"nr", int>, Arg<"flags", Flags>>;
using FutexWait = SyscallSpec<"futex_wait", 455, Native<>, Arg<"uaddr", GuestAddr>,
                              Arg<"val", uint64_t>, Arg<"mask", Flags64>, Arg<"flags", Flags>,
                              Arg<"timeout", InPtr>, Arg<"clockid", int>>;
using FutexRequeue = SyscallSpec<"futex_requeue", 456, Native<>, Arg<"waiters", InPtr>,
                                 Arg<"flags", Flags>, Arg<"nr_wake", int>, Arg<"nr_requeue", int>>;
using SetRobustList =
    SyscallSpec<"set_robust_list", 273, Native<>, Arg<"head", GuestAddr>, Arg<"len", size_t>>;
using GetRobustList = SyscallSpec<"get_robust_list", 274, Native<>, Arg<"pid", ProcessId>,
                                  Arg<"head_ptr", OutPtr>, Arg<"len_ptr", OutPtr>>;
using Rseq = SyscallSpec<"rseq", 334, Native<>, Arg<"rseq", GuestAddr>, Arg<"rseq_len", unsigned>,
                         Arg<"flags", Flags>, Arg<"sig", Flags>>;
using Semget =
    SyscallSpec<"semget", 64, Native<>, Arg<"key", int>, Arg<"nsems", int>, Arg<"semflg", Flags>>;
using Semop = SyscallSpec<"semop", 65, Native<>, Arg<"semid", int>, Arg<"sops", InArray<"nsops">>,
                          Arg<"nsops", unsigned>>;
using Semtimedop =
    SyscallSpec<"semtimedop", 220, Native<>, Arg<"semid", int>, Arg<"sops", InArray<"nsops">>,
                Arg<"nsops", unsigned>, Arg<"timeout", InPtr>>;
using Semctl = SyscallSpec<"semctl", 66, Native<>, Arg<"semid", int>, Arg<"semnum", int>,
                           Arg<"cmd", int>, Arg<"arg", Opaque>>;
using Msgget = SyscallSpec<"msgget", 68, Native<>, Arg<"key", int>, Arg<"msgflg", Flags>>;
using Msgsnd = SyscallSpec<"msgsnd", 69, Native<>, Arg<"msqid", int>, Arg<"msgp", InPtr>,
                           Arg<"msgsz", size_t>, Arg<"msgflg", Flags>>;
using Msgrcv = SyscallSpec<"msgrcv", 70, Native<>, Arg<"msqid", int>, Arg<"msgp", OutPtr>,
                           Arg<"msgsz", size_t>, Arg<"msgtyp", int64_t>, Arg<"msgflg", Flags>>;
using Msgctl =
    SyscallSpec<"msgctl", 71, Native<>, Arg<"msqid", int>, Arg<"cmd", int>, Arg<"buf", InOutPtr>>;
using AddKey =
    SyscallSpec<"add_key", 248, Native<>, Arg<"type", UserString>, Arg<"description", UserString>,
                Arg<"payload", InBytes<"plen">>, Arg<"plen", size_t>, Arg<"keyring", int>>;
using RequestKey = SyscallSpec<"request_key", 249, Native<>, Arg<"type", UserString>,
                               Arg<"description", UserString>, Arg<"callout_info", UserString>,
                               Arg<"keyring", int>>;
using Keyctl = SyscallSpec<"keyctl", 250, Native<>, Arg<"operation", int>, Arg<"arg2", Opaque>,
                           Arg<"arg3", Opaque>, Arg<"arg4", Opaque>, Arg<"arg5", Opaque>>;
using Getrandom = SyscallSpec<"getrandom", 318, Native<>, Arg<"buf", OutBytes<"count">>,
                              Arg<"count", size_t>, Arg<"flags", Flags>>;
using Uname = SyscallSpec<"uname", 63, Native<>, Arg<"buf", OutPtr>>;
using Sysinfo = SyscallSpec<"sysinfo", 99, Native<>, Arg<"info", OutPtr>>;
using Syslog = SyscallSpec<"syslog", 103, Native<>, Arg<"type", int>, Arg<"buf", OutBytes<"len">>,
                           Arg<"len", int>>;
using Sethostname =
    SyscallSpec<"sethostname", 170, Native<>, Arg<"name", InBytes<"len">>, Arg<"len", int>>;
using Setdomainname =
    SyscallSpec<"setdomainname", 171, Native<>, Arg<"name", InBytes<"len">>, Arg<"len", int>>;
using Sync = SyscallSpec<"sync", 162, Full<"flushes virtual files as well">>;
using Reboot = SyscallSpec<"reboot", 169, Native<>, Arg<"magic1", Flags>, Arg<"magic2", Flags>,
                           Arg<"cmd", Flags>, Arg<"arg", Opaque>>;
using Vhangup = SyscallSpec<"vhangup", 153, Native<>>;
using Iopl = SyscallSpec<"iopl", 172, Native<>, Arg<"level", unsigned>>;
using Ioperm = SyscallSpec<"ioperm", 173, Native<>, Arg<"from", uint64_t>, Arg<"num", uint64_t>,
                           Arg<"turn_on", int>>;
using ModifyLdt = SyscallSpec<"modify_ldt", 154, Native<>, Arg<"func", int>, Arg<"ptr", GuestAddr>,
                              Arg<"bytecount", uint64_t>>;
using Bpf = SyscallSpec<"bpf", 321, Native<"pinned paths are the kernel's">, Arg<"cmd", int>,
                        Arg<"attr", InBytes<"size">>, Arg<"size", unsigned>>;
using PerfEventOpen =
    SyscallSpec<"perf_event_open", 298, Native<>, Arg<"attr", InPtr>, Arg<"pid", ProcessId>,
                Arg<"cpu", int>, Arg<"group_fd", Fd>, Arg<"flags", Flags64>>;
using LandlockCreateRuleset =
    SyscallSpec<"landlock_create_ruleset", 444, Native<>, Arg<"attr", InBytes<"size">>,
                Arg<"size", size_t>, Arg<"flags", Flags>>;
using LandlockAddRule =
    SyscallSpec<"landlock_add_rule", 445, Native<"rules name real objects">, Arg<"ruleset_fd", Fd>,
                Arg<"rule_type", int>, Arg<"rule_attr", InPtr>, Arg<"flags", Flags>>;
using LandlockRestrictSelf = SyscallSpec<"landlock_restrict_self", 446, Native<>,
                                         Arg<"ruleset_fd", Fd>, Arg<"flags", Flags>>;
using LsmGetSelfAttr = SyscallSpec<"lsm_get_self_attr", 459, Native<>, Arg<"attr", unsigned>,
                                   Arg<"ctx", OutPtr>, Arg<"size", InOutPtr>, Arg<"flags", Flags>>;
using LsmSetSelfAttr =
    SyscallSpec<"lsm_set_self_attr", 460, Native<>, Arg<"attr", unsigned>,
                Arg<"ctx", InBytes<"size">>, Arg<"size", unsigned>, Arg<"flags", Flags>>;
using LsmListModules = SyscallSpec<"lsm_list_modules", 461, Native<>, Arg<"ids", OutPtr>,
                                   Arg<"size", InOutPtr>, Arg<"flags", Flags>>;
using InitModule = SyscallSpec<"init_module", 175, Native<>, Arg<"image", InBytes<"len">>,
                               Arg<"len", size_t>, Arg<"params", UserString>>;
using FinitModule = SyscallSpec<"finit_module", 313, Native<"real files only">, Arg<"fd", Fd>,
                                Arg<"params", UserString>, Arg<"flags", Flags>>;
using DeleteModule =
    SyscallSpec<"delete_module", 176, Native<>, Arg<"name", UserString>, Arg<"flags", Flags>>;
using KexecLoad =
    SyscallSpec<"kexec_load", 246, Native<>, Arg<"entry", GuestAddr>, Arg<"nr_segments", uint64_t>,
                Arg<"segments", InArray<"nr_segments">>, Arg<"flags", Flags64>>;
using KexecFileLoad =
    SyscallSpec<"kexec_file_load", 320, Native<"real files only">, Arg<"kernel_fd", Fd>,
                Arg<"initrd_fd", Fd>, Arg<"cmdline_len", size_t>,
                Arg<"cmdline", InBytes<"cmdline_len">>, Arg<"flags", Flags64>>;
using Uretprobe =
    SyscallSpec<"uretprobe", 335, Native<"issued by the kernel's own trampoline only">>;
using Uprobe = SyscallSpec<"uprobe", 336, Native<"issued by the kernel's own trampoline only">>;
using LookupDcookie = NamedSyscall<"lookup_dcookie", 212, Native<"no longer in the kernel">>;
using SetThreadArea = NamedSyscall<"set_thread_area", 205, Native<"not on x86-64">>;
using GetThreadArea = NamedSyscall<"get_thread_area", 211, Native<"not on x86-64">>;
using Sysctl = NamedSyscall<"_sysctl", 156, Native<"no longer in the kernel">>;
using CreateModule = NamedSyscall<"create_module", 174, Native<"no longer in the kernel">>;
using GetKernelSyms = NamedSyscall<"get_kernel_syms", 177, Native<"no longer in the kernel">>;
using QueryModule = NamedSyscall<"query_module", 178, Native<"no longer in the kernel">>;
using Nfsservctl = NamedSyscall<"nfsservctl", 180, Native<"no longer in the kernel">>;
using Getpmsg = NamedSyscall<"getpmsg", 181, Native<"never in the kernel">>;
using Putpmsg = NamedSyscall<"putpmsg", 182, Native<"never in the kernel">>;
using AfsSyscall = NamedSyscall<"afs_syscall", 183, Native<"never in the kernel">>;
using Tuxcall = NamedSyscall<"tuxcall", 184, Native<"never in the kernel">>;
using Security = NamedSyscall<"security", 185, Native<"never in the kernel">>;
using Vserver = NamedSyscall<"vserver", 236, Native<"never in the kernel">>;

using OthersCalls =
    SyscallList<Futex, FutexWaitv, FutexWake, FutexWait, FutexRequeue, SetRobustList, GetRobustList,
                Rseq, Semget, Semop, Semtimedop, Semctl, Msgget, Msgsnd, Msgrcv, Msgctl, AddKey,
                RequestKey, Keyctl, Getrandom, Uname, Sysinfo, Syslog, Sethostname, Setdomainname,
                Sync, Reboot, Vhangup, Iopl, Ioperm, ModifyLdt, Bpf, PerfEventOpen,
                LandlockCreateRuleset, LandlockAddRule, LandlockRestrictSelf, LsmGetSelfAttr,
                LsmSetSelfAttr, LsmListModules, InitModule, FinitModule, DeleteModule, KexecLoad,
                KexecFileLoad, Uretprobe, Uprobe, LookupDcookie, SetThreadArea, GetThreadArea,
                Sysctl, CreateModule, GetKernelSyms, QueryModule, Nfsservctl, Getpmsg, Putpmsg,
                AfsSyscall, Tuxcall, Security, Vserver>;

}  // namespace umsdk::sys

#endif  // UMSDK_SDK_SYSCALL_OTHERS_H_
