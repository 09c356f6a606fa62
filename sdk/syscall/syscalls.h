// The typed table: every x86-64 system call of Linux 6.18.
//
// Include this header for the rows of all families, or one family's header for its rows. For a look
// at run time, find_syscall.h is enough and compiles faster.
#ifndef UMSDK_SDK_SYSCALL_SYSCALLS_H_
#define UMSDK_SDK_SYSCALL_SYSCALLS_H_

#include "sdk/syscall/descriptors.h"
#include "sdk/syscall/files.h"
#include "sdk/syscall/memory.h"
#include "sdk/syscall/mounts.h"
#include "sdk/syscall/others.h"
#include "sdk/syscall/process.h"
#include "sdk/syscall/signals.h"
#include "sdk/syscall/sockets.h"
#include "sdk/syscall/syscall_list.h"
#include "sdk/syscall/time.h"
#include "sdk/syscall/xattrs.h"

namespace umsdk::sys {

using AllSyscalls = Join<FilesCalls, XattrsCalls, DescriptorsCalls, SocketsCalls, ProcessCalls,
                         MountsCalls, MemoryCalls, TimeCalls, SignalsCalls, OthersCalls>;

}  // namespace umsdk::sys

#endif  // UMSDK_SDK_SYSCALL_SYSCALLS_H_
