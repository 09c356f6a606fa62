// Memory: mappings of files, the rest of the address space, shared memory.
#ifndef UMSDK_SDK_SYSCALL_MEMORY_H_
#define UMSDK_SDK_SYSCALL_MEMORY_H_

#include <cstddef>
#include <cstdint>

#include "sdk/syscall/arg_kinds.h"
#include "sdk/syscall/guest_addr.h"
#include "sdk/syscall/syscall_list.h"
#include "sdk/syscall/syscall_spec.h"

namespace umsdk::sys {

using Mmap = SyscallSpec<"mmap", 9, Full<>, Arg<"addr", GuestAddr>, Arg<"length", size_t>,
                         Arg<"prot", MmapProt>, Arg<"flags", MmapFlags>, Arg<"fd", Fd>,
                         Arg<"offset", int64_t>>;
using Msync = SyscallSpec<"msync", 26, Full<>, Arg<"addr", GuestAddr>, Arg<"length", size_t>,
                          Arg<"flags", Flags>>;
using Munmap = SyscallSpec<"munmap", 11, Native<>, Arg<"addr", GuestAddr>, Arg<"length", size_t>>;
using Mremap =
    SyscallSpec<"mremap", 25, Native<>, Arg<"old_address", GuestAddr>, Arg<"old_size", size_t>,
                Arg<"new_size", size_t>, Arg<"flags", Flags>, Arg<"new_address", GuestAddr>>;
using Mprotect = SyscallSpec<"mprotect", 10, Native<>, Arg<"addr", GuestAddr>,
                             Arg<"length", size_t>, Arg<"prot", MmapProt>>;
using PkeyMprotect = SyscallSpec<"pkey_mprotect", 329, Native<>, Arg<"addr", GuestAddr>,
                                 Arg<"length", size_t>, Arg<"prot", MmapProt>, Arg<"pkey", int>>;
using PkeyAlloc =
    SyscallSpec<"pkey_alloc", 330, Native<>, Arg<"flags", Flags>, Arg<"access_rights", Flags>>;
using PkeyFree = SyscallSpec<"pkey_free", 331, Native<>, Arg<"pkey", int>>;
using Brk = SyscallSpec<"brk", 12, Native<>, Arg<"addr", GuestAddr>>;
using Madvise = SyscallSpec<"madvise", 28, Native<>, Arg<"addr", GuestAddr>, Arg<"length", size_t>,
                            Arg<"advice", int>>;
using Mincore = SyscallSpec<"mincore", 27, Native<>, Arg<"addr", GuestAddr>, Arg<"length", size_t>,
                            Arg<"vec", OutPtr>>;
using Mlock = SyscallSpec<"mlock", 149, Native<>, Arg<"addr", GuestAddr>, Arg<"length", size_t>>;
using Mlock2 = SyscallSpec<"mlock2", 325, Native<>, Arg<"addr", GuestAddr>, Arg<"length", size_t>,
                           Arg<"flags", Flags>>;
using Munlock =
    SyscallSpec<"munlock", 150, Native<>, Arg<"addr", GuestAddr>, Arg<"length", size_t>>;
using Mlockall = SyscallSpec<"mlockall", 151, Native<>, Arg<"flags", Flags>>;
using Munlockall = SyscallSpec<"munlockall", 152, Native<>>;
using Mseal = SyscallSpec<"mseal", 462, Native<>, Arg<"addr", GuestAddr>, Arg<"length", size_t>,
                          Arg<"flags", Flags64>>;
using MapShadowStack = SyscallSpec<"map_shadow_stack", 453, Native<>, Arg<"addr", GuestAddr>,
                                   Arg<"size", size_t>, Arg<"flags", Flags>>;
using RemapFilePages =
    SyscallSpec<"remap_file_pages", 216, Native<>, Arg<"addr", GuestAddr>, Arg<"size", size_t>,
                Arg<"prot", MmapProt>, Arg<"pgoff", size_t>, Arg<"flags", MmapFlags>>;
using Mbind = SyscallSpec<"mbind", 237, Native<>, Arg<"addr", GuestAddr>, Arg<"length", size_t>,
                          Arg<"mode", Flags64>, Arg<"nodemask", InPtr>, Arg<"maxnode", uint64_t>,
                          Arg<"flags", Flags>>;
using SetMempolicy = SyscallSpec<"set_mempolicy", 238, Native<>, Arg<"mode", int>,
                                 Arg<"nodemask", InPtr>, Arg<"maxnode", uint64_t>>;
using GetMempolicy =
    SyscallSpec<"get_mempolicy", 239, Native<>, Arg<"mode", OutPtr>, Arg<"nodemask", OutPtr>,
                Arg<"maxnode", uint64_t>, Arg<"addr", GuestAddr>, Arg<"flags", Flags64>>;
using SetMempolicyHomeNode =
    SyscallSpec<"set_mempolicy_home_node", 450, Native<>, Arg<"addr", GuestAddr>,
                Arg<"length", size_t>, Arg<"home_node", uint64_t>, Arg<"flags", Flags64>>;
using MigratePages =
    SyscallSpec<"migrate_pages", 256, Native<>, Arg<"pid", ProcessId>, Arg<"maxnode", uint64_t>,
                Arg<"old_nodes", InPtr>, Arg<"new_nodes", InPtr>>;
using MovePages =
    SyscallSpec<"move_pages", 279, Native<>, Arg<"pid", ProcessId>, Arg<"count", uint64_t>,
                Arg<"pages", InArray<"count">>, Arg<"nodes", InArray<"count">>,
                Arg<"status", OutArray<"count">>, Arg<"flags", Flags>>;
using Membarrier = SyscallSpec<"membarrier", 324, Native<>, Arg<"cmd", int>, Arg<"flags", Flags>,
                               Arg<"cpu_id", int>>;
using Shmget =
    SyscallSpec<"shmget", 29, Native<>, Arg<"key", int>, Arg<"size", size_t>, Arg<"shmflg", Flags>>;
using Shmat = SyscallSpec<"shmat", 30, Native<>, Arg<"shmid", int>, Arg<"shmaddr", GuestAddr>,
                          Arg<"shmflg", Flags>>;
using Shmdt = SyscallSpec<"shmdt", 67, Native<>, Arg<"shmaddr", GuestAddr>>;
using Shmctl =
    SyscallSpec<"shmctl", 31, Native<>, Arg<"shmid", int>, Arg<"cmd", int>, Arg<"buf", InOutPtr>>;

using MemoryCalls = SyscallList<Mmap, Msync, Munmap, Mremap, Mprotect, PkeyMprotect, PkeyAlloc,
                                PkeyFree, Brk, Madvise, Mincore, Mlock, Mlock2, Munlock, Mlockall,
                                Munlockall, Mseal, MapShadowStack, RemapFilePages, Mbind,
                                SetMempolicy, GetMempolicy, SetMempolicyHomeNode, MigratePages,
                                MovePages, Membarrier, Shmget, Shmat, Shmdt, Shmctl>;

}  // namespace umsdk::sys

#endif  // UMSDK_SDK_SYSCALL_MEMORY_H_
