// Processes: making, replacing, ending, watching them; their identities and limits.
#ifndef UMSDK_SDK_SYSCALL_PROCESS_H_
#define UMSDK_SDK_SYSCALL_PROCESS_H_

#include <cstddef>
#include <cstdint>

#include "sdk/syscall/arg_kinds.h"
#include "sdk/syscall/guest_addr.h"
#include "sdk/syscall/syscall_list.h"
#include "sdk/syscall/syscall_spec.h"

namespace umsdk::sys {

// The answer is the kernel's; the call is seen, so that later ones are judged by who the caller is then.
using NewIdentity = Full<"trapped: who asks for files from then on">;

using Fork = SyscallSpec<"fork", 57, AsProcess<Native<"the filter and the parent are inherited">>>;
using Vfork =
    SyscallSpec<"vfork", 58, AsProcess<Native<"the filter and the parent are inherited">>>;
using Clone =
    SyscallSpec<"clone", 56, AsProcess<Native<"the filter and the parent are inherited">>,
                Arg<"flags", CloneFlags>, Arg<"stack", GuestAddr>, Arg<"parent_tid", OutPtr>,
                Arg<"child_tid", OutPtr>, Arg<"tls", GuestAddr>>;
using Clone3 =
    SyscallSpec<"clone3", 435, AsProcess<Native<"the filter and the parent are inherited">>,
                Arg<"args", InBytes<"size">>, Arg<"size", size_t>>;
using Execve = SyscallSpec<"execve", 59, AsProcess<Full<>>, Arg<"path", UserPath>,
                           Arg<"argv", StringVector>, Arg<"envp", StringVector>>;
using Execveat =
    SyscallSpec<"execveat", 322, AsProcess<Full<>>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                Arg<"argv", StringVector>, Arg<"envp", StringVector>, Arg<"flags", AtFlags>>;
using Exit = SyscallSpec<"exit", 60, AsProcess<Native<>>, Arg<"status", int>>;
using ExitGroup = SyscallSpec<"exit_group", 231, AsProcess<Native<>>, Arg<"status", int>>;
using Wait4 = SyscallSpec<"wait4", 61, AsProcess<Native<>>, Arg<"pid", ProcessId>,
                          Arg<"status", OutPtr>, Arg<"options", Flags>, Arg<"rusage", OutPtr>>;
using Waitid = SyscallSpec<"waitid", 247, AsProcess<Native<>>, Arg<"idtype", int>, Arg<"id", int>,
                           Arg<"infop", OutPtr>, Arg<"options", Flags>, Arg<"rusage", OutPtr>>;
using Ptrace =
    SyscallSpec<"ptrace", 101, Native<"debuggers work inside a view">, Arg<"request", int64_t>,
                Arg<"pid", ProcessId>, Arg<"addr", GuestAddr>, Arg<"data", Opaque>>;
using Prctl = SyscallSpec<"prctl", 157, Partial<"PR_SET_DUMPABLE is answered and remembered">,
                          Arg<"option", int>, Arg<"arg2", Opaque>, Arg<"arg3", Opaque>,
                          Arg<"arg4", Opaque>, Arg<"arg5", Opaque>>;
using ArchPrctl =
    SyscallSpec<"arch_prctl", 158, Native<>, Arg<"code", int>, Arg<"addr", GuestAddr>>;
using Seccomp = SyscallSpec<"seccomp", 317, Partial<"one listener a task: a second one is EBUSY">,
                            Arg<"operation", unsigned>, Arg<"flags", Flags>, Arg<"args", InPtr>>;
using Personality = SyscallSpec<"personality", 135, Native<>, Arg<"persona", Flags>>;
using Unshare = SyscallSpec<"unshare", 272, Full<"the view stays over new namespaces">,
                            Arg<"flags", NamespaceFlags>>;
using Setns = SyscallSpec<"setns", 308, Full<"the view stays over new namespaces">, Arg<"fd", Fd>,
                          Arg<"nstype", NamespaceFlags>>;
using PidfdOpen =
    SyscallSpec<"pidfd_open", 434, Native<>, Arg<"pid", ProcessId>, Arg<"flags", DescriptorFlags>>;
using PidfdGetfd = SyscallSpec<"pidfd_getfd", 438, Native<"the kernel carries the descriptor">,
                               Arg<"pidfd", PidFd>, Arg<"targetfd", int>, Arg<"flags", Flags>>;
using PidfdSendSignal =
    SyscallSpec<"pidfd_send_signal", 424, Native<>, Arg<"pidfd", PidFd>, Arg<"sig", SignalNumber>,
                Arg<"info", InPtr>, Arg<"flags", Flags>>;
using ProcessMadvise =
    SyscallSpec<"process_madvise", 440, Native<>, Arg<"pidfd", PidFd>, Arg<"vec", InIovecs<"vlen">>,
                Arg<"vlen", size_t>, Arg<"behavior", int>, Arg<"flags", Flags>>;
using ProcessMrelease =
    SyscallSpec<"process_mrelease", 448, Native<>, Arg<"pidfd", PidFd>, Arg<"flags", Flags>>;
using ProcessVmReadv =
    SyscallSpec<"process_vm_readv", 310, Native<>, Arg<"pid", ProcessId>,
                Arg<"lvec", OutIovecs<"liovcnt">>, Arg<"liovcnt", uint64_t>,
                Arg<"rvec", InIovecs<"riovcnt">>, Arg<"riovcnt", uint64_t>, Arg<"flags", Flags64>>;
using ProcessVmWritev =
    SyscallSpec<"process_vm_writev", 311, Native<>, Arg<"pid", ProcessId>,
                Arg<"lvec", InIovecs<"liovcnt">>, Arg<"liovcnt", uint64_t>,
                Arg<"rvec", InIovecs<"riovcnt">>, Arg<"riovcnt", uint64_t>, Arg<"flags", Flags64>>;
using Kcmp =
    SyscallSpec<"kcmp", 312, Native<"compares the kernel's own objects">, Arg<"pid1", ProcessId>,
                Arg<"pid2", ProcessId>, Arg<"type", int>, Arg<"idx1", Opaque>, Arg<"idx2", Opaque>>;
using Getpid = SyscallSpec<"getpid", 39, Native<>>;
using Getppid = SyscallSpec<"getppid", 110, Native<>>;
using Gettid = SyscallSpec<"gettid", 186, Native<>>;
using SetTidAddress = SyscallSpec<"set_tid_address", 218, Native<>, Arg<"tidptr", GuestAddr>>;
using Getpgrp = SyscallSpec<"getpgrp", 111, Native<>>;
using Getpgid = SyscallSpec<"getpgid", 121, Native<>, Arg<"pid", ProcessId>>;
using Setpgid =
    SyscallSpec<"setpgid", 109, Native<>, Arg<"pid", ProcessId>, Arg<"pgid", ProcessId>>;
using Getsid = SyscallSpec<"getsid", 124, Native<>, Arg<"pid", ProcessId>>;
using Setsid = SyscallSpec<"setsid", 112, Native<>>;
using Getuid = SyscallSpec<"getuid", 102, Full<"a plain user's mount(8) and umount(8) see 0">>;
using Geteuid = SyscallSpec<"geteuid", 107, Full<"a plain user's mount(8) and umount(8) see 0">>;
using Getgid = SyscallSpec<"getgid", 104, Full<"a plain user's mount(8) and umount(8) see 0">>;
using Getegid = SyscallSpec<"getegid", 108, Full<"a plain user's mount(8) and umount(8) see 0">>;
using Getresuid = SyscallSpec<"getresuid", 118, Full<"a plain user's mount(8) and umount(8) see 0">,
                              Arg<"ruid", OutPtr>, Arg<"euid", OutPtr>, Arg<"suid", OutPtr>>;
using Getresgid = SyscallSpec<"getresgid", 120, Full<"a plain user's mount(8) and umount(8) see 0">,
                              Arg<"rgid", OutPtr>, Arg<"egid", OutPtr>, Arg<"sgid", OutPtr>>;
using Setuid = SyscallSpec<"setuid", 105, NewIdentity, Arg<"uid", UserId>>;
using Setgid = SyscallSpec<"setgid", 106, NewIdentity, Arg<"gid", GroupId>>;
using Setreuid = SyscallSpec<"setreuid", 113, NewIdentity, Arg<"ruid", UserId>, Arg<"euid", UserId>>;
using Setregid = SyscallSpec<"setregid", 114, NewIdentity, Arg<"rgid", GroupId>, Arg<"egid", GroupId>>;
using Setresuid = SyscallSpec<"setresuid", 117, NewIdentity, Arg<"ruid", UserId>, Arg<"euid", UserId>,
                              Arg<"suid", UserId>>;
using Setresgid = SyscallSpec<"setresgid", 119, NewIdentity, Arg<"rgid", GroupId>,
                              Arg<"egid", GroupId>, Arg<"sgid", GroupId>>;
using Setfsuid = SyscallSpec<"setfsuid", 122, NewIdentity, Arg<"uid", UserId>>;
using Setfsgid = SyscallSpec<"setfsgid", 123, NewIdentity, Arg<"gid", GroupId>>;
using Getgroups =
    SyscallSpec<"getgroups", 115, Native<>, Arg<"size", int>, Arg<"list", OutArray<"size">>>;
using Setgroups =
    SyscallSpec<"setgroups", 116, NewIdentity, Arg<"size", int>, Arg<"list", InArray<"size">>>;
using Capget = SyscallSpec<"capget", 125, Native<>, Arg<"header", InOutPtr>, Arg<"data", OutPtr>>;
using Capset = SyscallSpec<"capset", 126, NewIdentity, Arg<"header", InOutPtr>, Arg<"data", InPtr>>;
using Umask = SyscallSpec<"umask", 95, Native<>, Arg<"mask", FileMode>>;
using Getrlimit =
    SyscallSpec<"getrlimit", 97, Native<>, Arg<"resource", unsigned>, Arg<"rlim", OutPtr>>;
using Setrlimit =
    SyscallSpec<"setrlimit", 160, Native<>, Arg<"resource", unsigned>, Arg<"rlim", InPtr>>;
using Prlimit64 =
    SyscallSpec<"prlimit64", 302, Native<>, Arg<"pid", ProcessId>, Arg<"resource", unsigned>,
                Arg<"new_rlim", InPtr>, Arg<"old_rlim", OutPtr>>;
using Getrusage = SyscallSpec<"getrusage", 98, Native<>, Arg<"who", int>, Arg<"usage", OutPtr>>;
using Getpriority = SyscallSpec<"getpriority", 140, Native<>, Arg<"which", int>, Arg<"who", int>>;
using Setpriority = SyscallSpec<"setpriority", 141, Native<>, Arg<"which", int>, Arg<"who", int>,
                                Arg<"niceval", int>>;
using IoprioGet = SyscallSpec<"ioprio_get", 252, Native<>, Arg<"which", int>, Arg<"who", int>>;
using IoprioSet = SyscallSpec<"ioprio_set", 251, Native<>, Arg<"which", int>, Arg<"who", int>,
                              Arg<"ioprio", int>>;
using SchedYield = SyscallSpec<"sched_yield", 24, Native<>>;
using SchedSetparam =
    SyscallSpec<"sched_setparam", 142, Native<>, Arg<"pid", ProcessId>, Arg<"param", InPtr>>;
using SchedGetparam =
    SyscallSpec<"sched_getparam", 143, Native<>, Arg<"pid", ProcessId>, Arg<"param", OutPtr>>;
using SchedSetscheduler = SyscallSpec<"sched_setscheduler", 144, Native<>, Arg<"pid", ProcessId>,
                                      Arg<"policy", int>, Arg<"param", InPtr>>;
using SchedGetscheduler = SyscallSpec<"sched_getscheduler", 145, Native<>, Arg<"pid", ProcessId>>;
using SchedGetPriorityMax =
    SyscallSpec<"sched_get_priority_max", 146, Native<>, Arg<"policy", int>>;
using SchedGetPriorityMin =
    SyscallSpec<"sched_get_priority_min", 147, Native<>, Arg<"policy", int>>;
using SchedRrGetInterval = SyscallSpec<"sched_rr_get_interval", 148, Native<>,
                                       Arg<"pid", ProcessId>, Arg<"interval", OutPtr>>;
using SchedSetaffinity = SyscallSpec<"sched_setaffinity", 203, Native<>, Arg<"pid", ProcessId>,
                                     Arg<"mask", InBytes<"len">>, Arg<"len", unsigned>>;
using SchedGetaffinity = SyscallSpec<"sched_getaffinity", 204, Native<>, Arg<"pid", ProcessId>,
                                     Arg<"mask", OutBytes<"len">>, Arg<"len", unsigned>>;
using SchedSetattr = SyscallSpec<"sched_setattr", 314, Native<>, Arg<"pid", ProcessId>,
                                 Arg<"attr", InPtr>, Arg<"flags", Flags>>;
using SchedGetattr =
    SyscallSpec<"sched_getattr", 315, Native<>, Arg<"pid", ProcessId>,
                Arg<"attr", OutBytes<"size">>, Arg<"size", unsigned>, Arg<"flags", Flags>>;
using Getcpu = SyscallSpec<"getcpu", 309, Native<>, Arg<"cpu", OutPtr>, Arg<"node", OutPtr>,
                           Arg<"cache", GuestAddr>>;

using ProcessCalls = SyscallList<
    Fork, Vfork, Clone, Clone3, Execve, Execveat, Exit, ExitGroup, Wait4, Waitid, Ptrace, Prctl,
    ArchPrctl, Seccomp, Personality, Unshare, Setns, PidfdOpen, PidfdGetfd, PidfdSendSignal,
    ProcessMadvise, ProcessMrelease, ProcessVmReadv, ProcessVmWritev, Kcmp, Getpid, Getppid, Gettid,
    SetTidAddress, Getpgrp, Getpgid, Setpgid, Getsid, Setsid, Getuid, Geteuid, Getgid, Getegid,
    Getresuid, Getresgid, Setuid, Setgid, Setreuid, Setregid, Setresuid, Setresgid, Setfsuid,
    Setfsgid, Getgroups, Setgroups, Capget, Capset, Umask, Getrlimit, Setrlimit, Prlimit64,
    Getrusage, Getpriority, Setpriority, IoprioGet, IoprioSet, SchedYield, SchedSetparam,
    SchedGetparam, SchedSetscheduler, SchedGetscheduler, SchedGetPriorityMax, SchedGetPriorityMin,
    SchedRrGetInterval, SchedSetaffinity, SchedGetaffinity, SchedSetattr, SchedGetattr, Getcpu>;

}  // namespace umsdk::sys

#endif  // UMSDK_SDK_SYSCALL_PROCESS_H_
