// Mounts: mount(2) is served; callers of the newer calls fall back to it.
#ifndef UMSDK_SDK_SYSCALL_MOUNTS_H_
#define UMSDK_SDK_SYSCALL_MOUNTS_H_

#include <cstddef>

#include "sdk/syscall/arg_kinds.h"
#include "sdk/syscall/syscall_list.h"
#include "sdk/syscall/syscall_spec.h"

namespace umsdk::sys {

using Mount = SyscallSpec<"mount", 165, Full<"source is a path for some types only">,
                          Arg<"source", UserString>, Arg<"target", UserPath>,
                          Arg<"fstype", UserString>, Arg<"flags", MountFlags>, Arg<"data", InPtr>>;
using Umount2 =
    SyscallSpec<"umount2", 166, Full<>, Arg<"target", UserPath>, Arg<"flags", UmountFlags>>;
using PivotRoot = SyscallSpec<"pivot_root", 155, Partial<"real directories only">,
                              Arg<"new_root", UserPath>, Arg<"put_old", UserPath>>;
using OpenTree = SyscallSpec<"open_tree", 428, Refused<"callers fall back to mount(2)">,
                             Arg<"dirfd", DirFd>, Arg<"path", UserPath>, Arg<"flags", Flags>>;
using OpenTreeAttr = SyscallSpec<"open_tree_attr", 467, Refused<"callers fall back to mount(2)">,
                                 Arg<"dirfd", DirFd>, Arg<"path", UserPath>, Arg<"flags", Flags>,
                                 Arg<"attr", InBytes<"size">>, Arg<"size", size_t>>;
using MoveMount =
    SyscallSpec<"move_mount", 429, Refused<"callers fall back to mount(2)">,
                Arg<"from_dirfd", DirFd>, Arg<"from_path", UserPath>, Arg<"to_dirfd", DirFd>,
                Arg<"to_path", UserPath>, Arg<"flags", Flags>>;
using Fsopen = SyscallSpec<"fsopen", 430, Refused<"callers fall back to mount(2)">,
                           Arg<"fsname", UserString>, Arg<"flags", Flags>>;
using Fsconfig =
    SyscallSpec<"fsconfig", 431, Refused<"callers fall back to mount(2)">, Arg<"fd", Fd>,
                Arg<"cmd", unsigned>, Arg<"key", UserString>, Arg<"value", InPtr>, Arg<"aux", int>>;
using Fsmount = SyscallSpec<"fsmount", 432, Refused<"callers fall back to mount(2)">,
                            Arg<"fs_fd", Fd>, Arg<"flags", Flags>, Arg<"attr_flags", Flags>>;
using Fspick = SyscallSpec<"fspick", 433, Refused<"callers fall back to mount(2)">,
                           Arg<"dirfd", DirFd>, Arg<"path", UserPath>, Arg<"flags", Flags>>;
using MountSetattr = SyscallSpec<"mount_setattr", 442, Refused<"callers fall back to mount(2)">,
                                 Arg<"dirfd", DirFd>, Arg<"path", UserPath>, Arg<"flags", Flags>,
                                 Arg<"attr", InBytes<"size">>, Arg<"size", size_t>>;
using Statmount =
    SyscallSpec<"statmount", 457, Refused<"callers fall back to /proc/self/mountinfo">,
                Arg<"request", InPtr>, Arg<"buf", OutBytes<"bufsize">>, Arg<"bufsize", size_t>,
                Arg<"flags", Flags>>;
using Listmount =
    SyscallSpec<"listmount", 458, Refused<"callers fall back to /proc/self/mountinfo">,
                Arg<"request", InPtr>, Arg<"mnt_ids", OutArray<"count">>, Arg<"count", size_t>,
                Arg<"flags", Flags>>;
using Sysfs = SyscallSpec<"sysfs", 139, Native<>, Arg<"option", int>, Arg<"arg1", Opaque>,
                          Arg<"arg2", Opaque>>;
using Ustat = SyscallSpec<"ustat", 136, Native<"knows real devices only">, Arg<"dev", DeviceNumber>,
                          Arg<"ubuf", OutPtr>>;

using MountsCalls =
    SyscallList<Mount, Umount2, PivotRoot, OpenTree, OpenTreeAttr, MoveMount, Fsopen, Fsconfig,
                Fsmount, Fspick, MountSetattr, Statmount, Listmount, Sysfs, Ustat>;

}  // namespace umsdk::sys

#endif  // UMSDK_SDK_SYSCALL_MOUNTS_H_
