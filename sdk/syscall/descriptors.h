// Calls on descriptors: data, offsets, metadata, and those that the kernel carries alone.
#ifndef UMSDK_SDK_SYSCALL_DESCRIPTORS_H_
#define UMSDK_SDK_SYSCALL_DESCRIPTORS_H_

#include <cstddef>
#include <cstdint>

#include "sdk/syscall/arg_kinds.h"
#include "sdk/syscall/syscall_list.h"
#include "sdk/syscall/syscall_spec.h"

namespace umsdk::sys {

using Read = SyscallSpec<"read", 0, Full<>, Arg<"fd", Fd>, Arg<"buf", OutBytes<"count">>,
                         Arg<"count", size_t>>;
using Write = SyscallSpec<"write", 1, Full<>, Arg<"fd", Fd>, Arg<"buf", InBytes<"count">>,
                          Arg<"count", size_t>>;
using Pread64 = SyscallSpec<"pread64", 17, Full<>, Arg<"fd", Fd>, Arg<"buf", OutBytes<"count">>,
                            Arg<"count", size_t>, Arg<"pos", int64_t>>;
using Pwrite64 = SyscallSpec<"pwrite64", 18, Full<>, Arg<"fd", Fd>, Arg<"buf", InBytes<"count">>,
                             Arg<"count", size_t>, Arg<"pos", int64_t>>;
using Readv = SyscallSpec<"readv", 19, Full<>, Arg<"fd", Fd>, Arg<"vec", OutIovecs<"vlen">>,
                          Arg<"vlen", uint64_t>>;
using Writev = SyscallSpec<"writev", 20, Full<>, Arg<"fd", Fd>, Arg<"vec", InIovecs<"vlen">>,
                           Arg<"vlen", uint64_t>>;
using Preadv = SyscallSpec<"preadv", 295, Full<"pos_high is ignored, as in the kernel">,
                           Arg<"fd", Fd>, Arg<"vec", OutIovecs<"vlen">>, Arg<"vlen", uint64_t>,
                           Arg<"pos_low", int64_t>, Arg<"pos_high", int64_t>>;
using Pwritev = SyscallSpec<"pwritev", 296, Full<"pos_high is ignored, as in the kernel">,
                            Arg<"fd", Fd>, Arg<"vec", InIovecs<"vlen">>, Arg<"vlen", uint64_t>,
                            Arg<"pos_low", int64_t>, Arg<"pos_high", int64_t>>;
using Preadv2 = SyscallSpec<"preadv2", 327, Full<"pos_high is ignored, as in the kernel">,
                            Arg<"fd", Fd>, Arg<"vec", OutIovecs<"vlen">>, Arg<"vlen", uint64_t>,
                            Arg<"pos_low", int64_t>, Arg<"pos_high", int64_t>, Arg<"flags", Flags>>;
using Pwritev2 =
    SyscallSpec<"pwritev2", 328, Full<"pos_high is ignored, as in the kernel">, Arg<"fd", Fd>,
                Arg<"vec", InIovecs<"vlen">>, Arg<"vlen", uint64_t>, Arg<"pos_low", int64_t>,
                Arg<"pos_high", int64_t>, Arg<"flags", Flags>>;
using Sendfile = SyscallSpec<"sendfile", 40, Full<>, Arg<"out_fd", Fd>, Arg<"in_fd", Fd>,
                             Arg<"offset", InOutPtr>, Arg<"count", size_t>>;
using Splice =
    SyscallSpec<"splice", 275, Full<>, Arg<"fd_in", Fd>, Arg<"off_in", InOutPtr>, Arg<"fd_out", Fd>,
                Arg<"off_out", InOutPtr>, Arg<"len", size_t>, Arg<"flags", Flags>>;
using CopyFileRange =
    SyscallSpec<"copy_file_range", 326, Full<>, Arg<"fd_in", Fd>, Arg<"off_in", InOutPtr>,
                Arg<"fd_out", Fd>, Arg<"off_out", InOutPtr>, Arg<"len", size_t>,
                Arg<"flags", Flags>>;
using Tee = SyscallSpec<"tee", 276, Native<"pipes only">, Arg<"fdin", Fd>, Arg<"fdout", Fd>,
                        Arg<"len", size_t>, Arg<"flags", Flags>>;
using Vmsplice =
    SyscallSpec<"vmsplice", 278, Native<"pipes only">, Arg<"fd", Fd>,
                Arg<"iov", InIovecs<"nr_segs">>, Arg<"nr_segs", uint64_t>, Arg<"flags", Flags>>;
using Lseek =
    SyscallSpec<"lseek", 8, Full<"trapped for SEEK_DATA, SEEK_HOLE and offsets but 0">,
                Arg<"fd", Fd>, Arg<"offset", int64_t>, Arg<"whence", Whence>>;
using Getdents = SyscallSpec<"getdents", 78, Full<>, Arg<"fd", Fd>,
                             Arg<"dirent", OutBytes<"count">>, Arg<"count", unsigned>>;
using Getdents64 = SyscallSpec<"getdents64", 217, Full<>, Arg<"fd", Fd>,
                               Arg<"dirent", OutBytes<"count">>, Arg<"count", unsigned>>;
using Fstat = SyscallSpec<"fstat", 5, Full<>, Arg<"fd", Fd>, Arg<"statbuf", OutPtr>>;
using Fstatfs = SyscallSpec<"fstatfs", 138, Full<>, Arg<"fd", Fd>, Arg<"buf", OutPtr>>;
using Ftruncate = SyscallSpec<"ftruncate", 77, Full<>, Arg<"fd", Fd>, Arg<"length", int64_t>>;
using Fallocate = SyscallSpec<"fallocate", 285, Full<>, Arg<"fd", Fd>, Arg<"mode", Flags>,
                              Arg<"offset", int64_t>, Arg<"len", int64_t>>;
using Fsync = SyscallSpec<"fsync", 74, Full<>, Arg<"fd", Fd>>;
using Fdatasync = SyscallSpec<"fdatasync", 75, Full<>, Arg<"fd", Fd>>;
using SyncFileRange =
    SyscallSpec<"sync_file_range", 277, Full<>, Arg<"fd", Fd>, Arg<"offset", int64_t>,
                Arg<"nbytes", int64_t>, Arg<"flags", Flags>>;
using Syncfs = SyscallSpec<"syncfs", 306, Full<>, Arg<"fd", Fd>>;
using Fchmod = SyscallSpec<"fchmod", 91, Full<>, Arg<"fd", Fd>, Arg<"mode", FileMode>>;
using Fchown =
    SyscallSpec<"fchown", 93, Full<>, Arg<"fd", Fd>, Arg<"owner", UserId>, Arg<"group", GroupId>>;
using Fcntl = SyscallSpec<"fcntl", 72, Full<"trapped for F_SETFL only">, Arg<"fd", Fd>,
                          Arg<"cmd", FcntlCommand>, Arg<"arg", Opaque>>;
using Flock = SyscallSpec<"flock", 73, Full<>, Arg<"fd", Fd>, Arg<"operation", Flags>>;
using Ioctl =
    SyscallSpec<"ioctl", 16, Full<>, Arg<"fd", Fd>, Arg<"request", Flags>, Arg<"arg", Opaque>>;
using Fchdir =
    SyscallSpec<"fchdir", 81, Native<"a virtual directory is a real placeholder">, Arg<"fd", Fd>>;
using Close = SyscallSpec<"close", 3, Native<"the kernel carries the descriptor">, Arg<"fd", Fd>>;
using CloseRange =
    SyscallSpec<"close_range", 436, AsDescriptor<Native<"the kernel carries the descriptors">>,
                Arg<"first", unsigned>, Arg<"last", unsigned>, Arg<"flags", Flags>>;
using Dup = SyscallSpec<"dup", 32, Native<"the kernel carries the descriptor">, Arg<"fd", Fd>>;
using Dup2 = SyscallSpec<"dup2", 33, Native<"the kernel carries the descriptor">, Arg<"oldfd", Fd>,
                         Arg<"newfd", Fd>>;
using Dup3 = SyscallSpec<"dup3", 292, Native<"the kernel carries the descriptor">, Arg<"oldfd", Fd>,
                         Arg<"newfd", Fd>, Arg<"flags", DescriptorFlags>>;
using Pipe = SyscallSpec<"pipe", 22, Native<>, Arg<"fds", OutPtr>>;
using Pipe2 =
    SyscallSpec<"pipe2", 293, Native<>, Arg<"fds", OutPtr>, Arg<"flags", DescriptorFlags>>;
using Poll =
    SyscallSpec<"poll", 7, AsDescriptor<Native<"the kernel carries the descriptors">>,
                Arg<"fds", InOutArray<"nfds">>, Arg<"nfds", unsigned>, Arg<"timeout", int>>;
using Ppoll =
    SyscallSpec<"ppoll", 271, AsDescriptor<Native<"the kernel carries the descriptors">>,
                Arg<"fds", InOutArray<"nfds">>, Arg<"nfds", unsigned>, Arg<"timeout", InOutPtr>,
                Arg<"sigmask", InBytes<"sigsetsize">>, Arg<"sigsetsize", size_t>>;
using Select = SyscallSpec<"select", 23, AsDescriptor<Native<"the kernel carries the descriptors">>,
                           Arg<"nfds", int>, Arg<"readfds", InOutPtr>, Arg<"writefds", InOutPtr>,
                           Arg<"exceptfds", InOutPtr>, Arg<"timeout", InOutPtr>>;
using Pselect6 =
    SyscallSpec<"pselect6", 270, AsDescriptor<Native<"the kernel carries the descriptors">>,
                Arg<"nfds", int>, Arg<"readfds", InOutPtr>, Arg<"writefds", InOutPtr>,
                Arg<"exceptfds", InOutPtr>, Arg<"timeout", InOutPtr>, Arg<"sigmask", InPtr>>;
using EpollCreate = SyscallSpec<"epoll_create", 213, Native<>, Arg<"size", int>>;
using EpollCreate1 = SyscallSpec<"epoll_create1", 291, Native<>, Arg<"flags", DescriptorFlags>>;
using EpollCtl = SyscallSpec<"epoll_ctl", 233, Native<"the kernel carries the descriptors">,
                             Arg<"epfd", Fd>, Arg<"op", int>, Arg<"fd", Fd>, Arg<"event", InPtr>>;
using EpollWait =
    SyscallSpec<"epoll_wait", 232, Native<"the kernel carries the descriptors">, Arg<"epfd", Fd>,
                Arg<"events", OutArray<"maxevents">>, Arg<"maxevents", int>, Arg<"timeout", int>>;
using EpollPwait =
    SyscallSpec<"epoll_pwait", 281, Native<"the kernel carries the descriptors">, Arg<"epfd", Fd>,
                Arg<"events", OutArray<"maxevents">>, Arg<"maxevents", int>, Arg<"timeout", int>,
                Arg<"sigmask", InBytes<"sigsetsize">>, Arg<"sigsetsize", size_t>>;
using EpollPwait2 =
    SyscallSpec<"epoll_pwait2", 441, Native<"the kernel carries the descriptors">, Arg<"epfd", Fd>,
                Arg<"events", OutArray<"maxevents">>, Arg<"maxevents", int>, Arg<"timeout", InPtr>,
                Arg<"sigmask", InBytes<"sigsetsize">>, Arg<"sigsetsize", size_t>>;
using EpollCtlOld = NamedSyscall<"epoll_ctl_old", 214, Native<"no longer in the kernel">>;
using EpollWaitOld = NamedSyscall<"epoll_wait_old", 215, Native<"no longer in the kernel">>;
using Eventfd = SyscallSpec<"eventfd", 284, Native<>, Arg<"initval", unsigned>>;
using Eventfd2 =
    SyscallSpec<"eventfd2", 290, Native<>, Arg<"initval", unsigned>, Arg<"flags", DescriptorFlags>>;
using Signalfd = SyscallSpec<"signalfd", 282, Native<>, Arg<"fd", Fd>,
                             Arg<"mask", InBytes<"sizemask">>, Arg<"sizemask", size_t>>;
using Signalfd4 =
    SyscallSpec<"signalfd4", 289, Native<>, Arg<"fd", Fd>, Arg<"mask", InBytes<"sizemask">>,
                Arg<"sizemask", size_t>, Arg<"flags", DescriptorFlags>>;
using InotifyInit = SyscallSpec<"inotify_init", 253, Native<>>;
using InotifyInit1 = SyscallSpec<"inotify_init1", 294, Native<>, Arg<"flags", DescriptorFlags>>;
using InotifyRmWatch =
    SyscallSpec<"inotify_rm_watch", 255, Native<>, Arg<"fd", Fd>, Arg<"wd", int>>;
using FanotifyInit =
    SyscallSpec<"fanotify_init", 300, Refused<"would report and open real objects behind the view">,
                Arg<"flags", Flags>, Arg<"event_f_flags", OpenFlags>>;
using Fadvise64 =
    SyscallSpec<"fadvise64", 221, Native<"a hint, taken by the object that carries the file">,
                Arg<"fd", Fd>, Arg<"offset", int64_t>, Arg<"len", size_t>, Arg<"advice", int>>;
using Readahead =
    SyscallSpec<"readahead", 187, Native<"a hint, taken by the object that carries the file">,
                Arg<"fd", Fd>, Arg<"offset", int64_t>, Arg<"count", size_t>>;
using Cachestat =
    SyscallSpec<"cachestat", 451, Native<"tells of the object that carries the file">,
                Arg<"fd", Fd>, Arg<"range", InPtr>, Arg<"stat", OutPtr>, Arg<"flags", Flags>>;
using QuotactlFd = SyscallSpec<"quotactl_fd", 443, Partial<"real file systems only">, Arg<"fd", Fd>,
                               Arg<"cmd", Flags>, Arg<"id", UserId>, Arg<"addr", Opaque>>;
using MemfdCreate =
    SyscallSpec<"memfd_create", 319, Native<>, Arg<"name", UserString>, Arg<"flags", Flags>>;
using MemfdSecret = SyscallSpec<"memfd_secret", 447, Native<>, Arg<"flags", Flags>>;
using Userfaultfd = SyscallSpec<"userfaultfd", 323, Native<>, Arg<"flags", Flags>>;
using MqOpen =
    SyscallSpec<"mq_open", 240, Native<"queue names are not paths">, Arg<"name", UserString>,
                Arg<"flags", OpenFlags>, Arg<"mode", CreateMode>, Arg<"attr", InPtr>>;
using MqUnlink =
    SyscallSpec<"mq_unlink", 241, Native<"queue names are not paths">, Arg<"name", UserString>>;
using MqTimedsend =
    SyscallSpec<"mq_timedsend", 242, Native<>, Arg<"mqdes", Fd>, Arg<"msg", InBytes<"msg_len">>,
                Arg<"msg_len", size_t>, Arg<"msg_prio", unsigned>, Arg<"abs_timeout", InPtr>>;
using MqTimedreceive =
    SyscallSpec<"mq_timedreceive", 243, Native<>, Arg<"mqdes", Fd>, Arg<"msg", OutBytes<"msg_len">>,
                Arg<"msg_len", size_t>, Arg<"msg_prio", OutPtr>, Arg<"abs_timeout", InPtr>>;
using MqNotify =
    SyscallSpec<"mq_notify", 244, Native<>, Arg<"mqdes", Fd>, Arg<"notification", InPtr>>;
using MqGetsetattr = SyscallSpec<"mq_getsetattr", 245, Native<>, Arg<"mqdes", Fd>,
                                 Arg<"newattr", InPtr>, Arg<"oldattr", OutPtr>>;
using IoSetup =
    SyscallSpec<"io_setup", 206,
                Refused<"asynchronous I/O would pass the handlers by; callers fall back">,
                Arg<"nr_events", unsigned>, Arg<"ctx", InOutPtr>>;
using IoDestroy = SyscallSpec<"io_destroy", 207, Refused<"needs io_setup">, Arg<"ctx", uint64_t>>;
using IoGetevents = SyscallSpec<"io_getevents", 208, Refused<"needs io_setup">,
                                Arg<"ctx", uint64_t>, Arg<"min_nr", int64_t>, Arg<"nr", int64_t>,
                                Arg<"events", OutArray<"nr">>, Arg<"timeout", InPtr>>;
using IoPgetevents =
    SyscallSpec<"io_pgetevents", 333, Refused<"needs io_setup">, Arg<"ctx", uint64_t>,
                Arg<"min_nr", int64_t>, Arg<"nr", int64_t>, Arg<"events", OutArray<"nr">>,
                Arg<"timeout", InPtr>, Arg<"sigmask", InPtr>>;
using IoSubmit = SyscallSpec<"io_submit", 209, AsDescriptor<Refused<"needs io_setup">>,
                             Arg<"ctx", uint64_t>, Arg<"nr", int64_t>, Arg<"iocbs", InArray<"nr">>>;
using IoCancel = SyscallSpec<"io_cancel", 210, Refused<"needs io_setup">, Arg<"ctx", uint64_t>,
                             Arg<"iocb", InPtr>, Arg<"result", OutPtr>>;
using IoUringSetup =
    SyscallSpec<"io_uring_setup", 425,
                Refused<"its requests would pass the filter by; callers fall back">,
                Arg<"entries", unsigned>, Arg<"params", InOutPtr>>;
using IoUringEnter =
    SyscallSpec<"io_uring_enter", 426, Refused<"needs io_uring_setup">, Arg<"fd", Fd>,
                Arg<"to_submit", unsigned>, Arg<"min_complete", unsigned>, Arg<"flags", Flags>,
                Arg<"argp", InBytes<"argsz">>, Arg<"argsz", size_t>>;
using IoUringRegister =
    SyscallSpec<"io_uring_register", 427, Refused<"needs io_uring_setup">, Arg<"fd", Fd>,
                Arg<"opcode", unsigned>, Arg<"arg", Opaque>, Arg<"nr_args", unsigned>>;

using DescriptorsCalls = SyscallList<
    Read, Write, Pread64, Pwrite64, Readv, Writev, Preadv, Pwritev, Preadv2, Pwritev2, Sendfile,
    Splice, CopyFileRange, Tee, Vmsplice, Lseek, Getdents, Getdents64, Fstat, Fstatfs, Ftruncate,
    Fallocate, Fsync, Fdatasync, SyncFileRange, Syncfs, Fchmod, Fchown, Fcntl, Flock, Ioctl, Fchdir,
    Close, CloseRange, Dup, Dup2, Dup3, Pipe, Pipe2, Poll, Ppoll, Select, Pselect6, EpollCreate,
    EpollCreate1, EpollCtl, EpollWait, EpollPwait, EpollPwait2, EpollCtlOld, EpollWaitOld, Eventfd,
    Eventfd2, Signalfd, Signalfd4, InotifyInit, InotifyInit1, InotifyRmWatch, FanotifyInit,
    Fadvise64, Readahead, Cachestat, QuotactlFd, MemfdCreate, MemfdSecret, Userfaultfd, MqOpen,
    MqUnlink, MqTimedsend, MqTimedreceive, MqNotify, MqGetsetattr, IoSetup, IoDestroy, IoGetevents,
    IoPgetevents, IoSubmit, IoCancel, IoUringSetup, IoUringEnter, IoUringRegister>;

}  // namespace umsdk::sys

#endif  // UMSDK_SDK_SYSCALL_DESCRIPTORS_H_
