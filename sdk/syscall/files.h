// Path calls: opening, status, names, links, modes, the working directory.
#ifndef UMSDK_SDK_SYSCALL_FILES_H_
#define UMSDK_SDK_SYSCALL_FILES_H_

#include <cstddef>
#include <cstdint>

#include "sdk/syscall/arg_kinds.h"
#include "sdk/syscall/syscall_list.h"
#include "sdk/syscall/syscall_spec.h"

namespace umsdk::sys {

using Open = SyscallSpec<"open", 2, Full<>, Arg<"path", UserPath>, Arg<"flags", OpenFlags>,
                         Arg<"mode", CreateMode>>;
using Creat = SyscallSpec<"creat", 85, Full<>, Arg<"path", UserPath>, Arg<"mode", FileMode>>;
using Openat = SyscallSpec<"openat", 257, Full<>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                           Arg<"flags", OpenFlags>, Arg<"mode", CreateMode>>;
using Openat2 = SyscallSpec<"openat2", 437, Full<>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                            Arg<"how", InBytes<"size">>, Arg<"size", size_t>>;
using NameToHandleAt =
    SyscallSpec<"name_to_handle_at", 303, Partial<"virtual files have no handles: EOPNOTSUPP">,
                Arg<"dirfd", DirFd>, Arg<"path", UserPath>, Arg<"handle", InOutPtr>,
                Arg<"mount_id", OutPtr>, Arg<"flags", Flags>>;
using OpenByHandleAt =
    SyscallSpec<"open_by_handle_at", 304, Partial<"only handles of real files">,
                Arg<"mount_fd", Fd>, Arg<"handle", InPtr>, Arg<"flags", OpenFlags>>;
using Uselib =
    SyscallSpec<"uselib", 134, Refused<"would map a library past the view; gone from Linux 6.18">,
                Arg<"library", UserPath>>;
using Stat = SyscallSpec<"stat", 4, Full<>, Arg<"path", UserPath>, Arg<"statbuf", OutPtr>>;
using Lstat = SyscallSpec<"lstat", 6, Full<>, Arg<"path", UserPath>, Arg<"statbuf", OutPtr>>;
using Newfstatat =
    SyscallSpec<"newfstatat", 262, Full<>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                Arg<"statbuf", OutPtr>, Arg<"flags", AtFlags>>;
using Statx = SyscallSpec<"statx", 332, Full<>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                          Arg<"flags", AtFlags>, Arg<"mask", Flags>, Arg<"statxbuf", OutPtr>>;
using Statfs = SyscallSpec<"statfs", 137, Full<>, Arg<"path", UserPath>, Arg<"buf", OutPtr>>;
using Access = SyscallSpec<"access", 21, Full<>, Arg<"path", UserPath>, Arg<"mode", AccessMode>>;
using Faccessat = SyscallSpec<"faccessat", 269, Full<>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                              Arg<"mode", AccessMode>>;
using Faccessat2 =
    SyscallSpec<"faccessat2", 439, Full<>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                Arg<"mode", AccessMode>, Arg<"flags", FaccessFlags>>;
using Readlink = SyscallSpec<"readlink", 89, Full<>, Arg<"path", UserPath>,
                             Arg<"buf", OutBytes<"bufsiz">>, Arg<"bufsiz", int>>;
using Readlinkat =
    SyscallSpec<"readlinkat", 267, Full<>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                Arg<"buf", OutBytes<"bufsiz">>, Arg<"bufsiz", int>>;
using Truncate = SyscallSpec<"truncate", 76, Full<>, Arg<"path", UserPath>, Arg<"length", int64_t>>;
using Rename =
    SyscallSpec<"rename", 82, Full<>, Arg<"oldpath", UserPath>, Arg<"newpath", UserPath>>;
using Renameat =
    SyscallSpec<"renameat", 264, Full<>, Arg<"olddirfd", DirFd>, Arg<"oldpath", UserPath>,
                Arg<"newdirfd", DirFd>, Arg<"newpath", UserPath>>;
using Renameat2 =
    SyscallSpec<"renameat2", 316, Full<>, Arg<"olddirfd", DirFd>, Arg<"oldpath", UserPath>,
                Arg<"newdirfd", DirFd>, Arg<"newpath", UserPath>, Arg<"flags", RenameFlags>>;
using Mkdir = SyscallSpec<"mkdir", 83, Full<>, Arg<"path", UserPath>, Arg<"mode", FileMode>>;
using Mkdirat = SyscallSpec<"mkdirat", 258, Full<>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                            Arg<"mode", FileMode>>;
using Rmdir = SyscallSpec<"rmdir", 84, Full<>, Arg<"path", UserPath>>;
using Mknod = SyscallSpec<"mknod", 133, Full<>, Arg<"path", UserPath>, Arg<"mode", FileMode>,
                          Arg<"dev", DeviceNumber>>;
using Mknodat = SyscallSpec<"mknodat", 259, Full<>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                            Arg<"mode", FileMode>, Arg<"dev", DeviceNumber>>;
using Link = SyscallSpec<"link", 86, Full<>, Arg<"oldpath", UserPath>, Arg<"newpath", UserPath>>;
using Linkat = SyscallSpec<"linkat", 265, Full<>, Arg<"olddirfd", DirFd>, Arg<"oldpath", UserPath>,
                           Arg<"newdirfd", DirFd>, Arg<"newpath", UserPath>, Arg<"flags", AtFlags>>;
using Symlink =
    SyscallSpec<"symlink", 88, Full<>, Arg<"target", UserString>, Arg<"linkpath", UserPath>>;
using Symlinkat = SyscallSpec<"symlinkat", 266, Full<>, Arg<"target", UserString>,
                              Arg<"newdirfd", DirFd>, Arg<"linkpath", UserPath>>;
using Unlink = SyscallSpec<"unlink", 87, Full<>, Arg<"path", UserPath>>;
using Unlinkat = SyscallSpec<"unlinkat", 263, Full<>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                             Arg<"flags", UnlinkFlags>>;
using Chmod = SyscallSpec<"chmod", 90, Full<>, Arg<"path", UserPath>, Arg<"mode", FileMode>>;
using Fchmodat = SyscallSpec<"fchmodat", 268, Full<>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                             Arg<"mode", FileMode>>;
using Fchmodat2 = SyscallSpec<"fchmodat2", 452, Full<>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                              Arg<"mode", FileMode>, Arg<"flags", AtFlags>>;
using Chown = SyscallSpec<"chown", 92, Full<>, Arg<"path", UserPath>, Arg<"owner", UserId>,
                          Arg<"group", GroupId>>;
using Lchown = SyscallSpec<"lchown", 94, Full<>, Arg<"path", UserPath>, Arg<"owner", UserId>,
                           Arg<"group", GroupId>>;
using Fchownat = SyscallSpec<"fchownat", 260, Full<>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                             Arg<"owner", UserId>, Arg<"group", GroupId>, Arg<"flags", AtFlags>>;
using Utime = SyscallSpec<"utime", 132, Full<>, Arg<"path", UserPath>, Arg<"times", InPtr>>;
using Utimes = SyscallSpec<"utimes", 235, Full<>, Arg<"path", UserPath>, Arg<"times", InPtr>>;
using Futimesat = SyscallSpec<"futimesat", 261, Full<>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                              Arg<"times", InPtr>>;
using Utimensat = SyscallSpec<"utimensat", 280, Full<"a NULL path means the descriptor itself">,
                              Arg<"dirfd", DirFd>, Arg<"path", UserPath>, Arg<"times", InPtr>,
                              Arg<"flags", AtFlags>>;
using FileGetattr =
    SyscallSpec<"file_getattr", 468, Partial<"virtual files: EOPNOTSUPP">, Arg<"dirfd", DirFd>,
                Arg<"path", UserPath>, Arg<"attr", OutBytes<"size">>, Arg<"size", size_t>,
                Arg<"flags", AtFlags>>;
using FileSetattr =
    SyscallSpec<"file_setattr", 469, Partial<"virtual files: EOPNOTSUPP">, Arg<"dirfd", DirFd>,
                Arg<"path", UserPath>, Arg<"attr", InBytes<"size">>, Arg<"size", size_t>,
                Arg<"flags", AtFlags>>;
using Getcwd =
    SyscallSpec<"getcwd", 79, AsPath<Full<>>, Arg<"buf", OutBytes<"size">>, Arg<"size", size_t>>;
using Chdir = SyscallSpec<"chdir", 80, Full<>, Arg<"path", UserPath>>;
using Chroot = SyscallSpec<"chroot", 161, Full<>, Arg<"path", UserPath>>;
using InotifyAddWatch =
    SyscallSpec<"inotify_add_watch", 254,
                Full<"a virtual file is watched through the object that carries it">, Arg<"fd", Fd>,
                Arg<"path", UserPath>, Arg<"mask", Flags>>;
using FanotifyMark = SyscallSpec<"fanotify_mark", 301, Refused<"needs fanotify_init">,
                                 Arg<"fanotify_fd", Fd>, Arg<"flags", Flags>, Arg<"mask", Flags64>,
                                 Arg<"dirfd", DirFd>, Arg<"path", UserPath>>;
using Acct = SyscallSpec<"acct", 163, Partial<"real files only">, Arg<"name", UserPath>>;
using Swapon = SyscallSpec<"swapon", 167, Partial<"real files only">, Arg<"path", UserPath>,
                           Arg<"flags", Flags>>;
using Swapoff = SyscallSpec<"swapoff", 168, Partial<"real files only">, Arg<"path", UserPath>>;
using Quotactl = SyscallSpec<"quotactl", 179, Partial<"real file systems only">, Arg<"cmd", Flags>,
                             Arg<"special", UserPath>, Arg<"id", UserId>, Arg<"addr", Opaque>>;

using FilesCalls =
    SyscallList<Open, Creat, Openat, Openat2, NameToHandleAt, OpenByHandleAt, Uselib, Stat, Lstat,
                Newfstatat, Statx, Statfs, Access, Faccessat, Faccessat2, Readlink, Readlinkat,
                Truncate, Rename, Renameat, Renameat2, Mkdir, Mkdirat, Rmdir, Mknod, Mknodat, Link,
                Linkat, Symlink, Symlinkat, Unlink, Unlinkat, Chmod, Fchmodat, Fchmodat2, Chown,
                Lchown, Fchownat, Utime, Utimes, Futimesat, Utimensat, FileGetattr, FileSetattr,
                Getcwd, Chdir, Chroot, InotifyAddWatch, FanotifyMark, Acct, Swapon, Swapoff,
                Quotactl>;

}  // namespace umsdk::sys

#endif  // UMSDK_SDK_SYSCALL_FILES_H_
