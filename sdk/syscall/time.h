// Clocks and timers. Most clock reads never trap: the vDSO answers them.
#ifndef UMSDK_SDK_SYSCALL_TIME_H_
#define UMSDK_SDK_SYSCALL_TIME_H_

#include "sdk/syscall/arg_kinds.h"
#include "sdk/syscall/syscall_list.h"
#include "sdk/syscall/syscall_spec.h"

namespace umsdk::sys {

using Time = SyscallSpec<"time", 201, Native<>, Arg<"tloc", OutPtr>>;
using Gettimeofday =
    SyscallSpec<"gettimeofday", 96, Native<>, Arg<"tv", OutPtr>, Arg<"tz", OutPtr>>;
using Settimeofday = SyscallSpec<"settimeofday", 164, Native<>, Arg<"tv", InPtr>, Arg<"tz", InPtr>>;
using ClockGettime =
    SyscallSpec<"clock_gettime", 228, Native<>, Arg<"clockid", int>, Arg<"tp", OutPtr>>;
using ClockSettime =
    SyscallSpec<"clock_settime", 227, Native<>, Arg<"clockid", int>, Arg<"tp", InPtr>>;
using ClockGetres =
    SyscallSpec<"clock_getres", 229, Native<>, Arg<"clockid", int>, Arg<"res", OutPtr>>;
using ClockNanosleep =
    SyscallSpec<"clock_nanosleep", 230, Native<>, Arg<"clockid", int>, Arg<"flags", Flags>,
                Arg<"request", InPtr>, Arg<"remain", OutPtr>>;
using ClockAdjtime =
    SyscallSpec<"clock_adjtime", 305, Native<>, Arg<"clockid", int>, Arg<"buf", InOutPtr>>;
using Adjtimex = SyscallSpec<"adjtimex", 159, Native<>, Arg<"buf", InOutPtr>>;
using Times = SyscallSpec<"times", 100, Native<>, Arg<"buf", OutPtr>>;
using Nanosleep =
    SyscallSpec<"nanosleep", 35, Native<>, Arg<"request", InPtr>, Arg<"remain", OutPtr>>;
using Alarm = SyscallSpec<"alarm", 37, Native<>, Arg<"seconds", unsigned>>;
using Getitimer = SyscallSpec<"getitimer", 36, Native<>, Arg<"which", int>, Arg<"value", OutPtr>>;
using Setitimer = SyscallSpec<"setitimer", 38, Native<>, Arg<"which", int>, Arg<"new_value", InPtr>,
                              Arg<"old_value", OutPtr>>;
using TimerCreate = SyscallSpec<"timer_create", 222, Native<>, Arg<"clockid", int>,
                                Arg<"event", InPtr>, Arg<"timer_id", OutPtr>>;
using TimerSettime =
    SyscallSpec<"timer_settime", 223, Native<>, Arg<"timer_id", int>, Arg<"flags", Flags>,
                Arg<"new_value", InPtr>, Arg<"old_value", OutPtr>>;
using TimerGettime =
    SyscallSpec<"timer_gettime", 224, Native<>, Arg<"timer_id", int>, Arg<"value", OutPtr>>;
using TimerGetoverrun = SyscallSpec<"timer_getoverrun", 225, Native<>, Arg<"timer_id", int>>;
using TimerDelete = SyscallSpec<"timer_delete", 226, Native<>, Arg<"timer_id", int>>;
using TimerfdCreate = SyscallSpec<"timerfd_create", 283, Native<>, Arg<"clockid", int>,
                                  Arg<"flags", DescriptorFlags>>;
using TimerfdSettime =
    SyscallSpec<"timerfd_settime", 286, Native<>, Arg<"fd", Fd>, Arg<"flags", Flags>,
                Arg<"new_value", InPtr>, Arg<"old_value", OutPtr>>;
using TimerfdGettime =
    SyscallSpec<"timerfd_gettime", 287, Native<>, Arg<"fd", Fd>, Arg<"value", OutPtr>>;

using TimeCalls =
    SyscallList<Time, Gettimeofday, Settimeofday, ClockGettime, ClockSettime, ClockGetres,
                ClockNanosleep, ClockAdjtime, Adjtimex, Times, Nanosleep, Alarm, Getitimer,
                Setitimer, TimerCreate, TimerSettime, TimerGettime, TimerGetoverrun, TimerDelete,
                TimerfdCreate, TimerfdSettime, TimerfdGettime>;

}  // namespace umsdk::sys

#endif  // UMSDK_SDK_SYSCALL_TIME_H_
