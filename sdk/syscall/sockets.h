// Sockets. Their class says that the address family routes them, or the socket's own descriptor.
#ifndef UMSDK_SDK_SYSCALL_SOCKETS_H_
#define UMSDK_SDK_SYSCALL_SOCKETS_H_

#include <cstddef>

#include "sdk/syscall/arg_kinds.h"
#include "sdk/syscall/syscall_list.h"
#include "sdk/syscall/syscall_spec.h"

namespace umsdk::sys {

using Socket = SyscallSpec<"socket", 41, Full<>, Arg<"family", AddressFamily>,
                           Arg<"type", SocketType>, Arg<"protocol", int>>;
using Socketpair = SyscallSpec<"socketpair", 53, Full<>, Arg<"family", AddressFamily>,
                               Arg<"type", SocketType>, Arg<"protocol", int>, Arg<"fds", OutPtr>>;
using Bind = SyscallSpec<"bind", 49, Full<>, Arg<"fd", Fd>, Arg<"addr", InSockAddr<"addrlen">>,
                         Arg<"addrlen", int>>;
using Connect = SyscallSpec<"connect", 42, Full<>, Arg<"fd", Fd>,
                            Arg<"addr", InSockAddr<"addrlen">>, Arg<"addrlen", int>>;
using Listen = SyscallSpec<"listen", 50, Full<>, Arg<"fd", Fd>, Arg<"backlog", int>>;
using Accept = SyscallSpec<"accept", 43, Full<>, Arg<"fd", Fd>, Arg<"addr", OutSockAddr<"addrlen">>,
                           Arg<"addrlen", InOutPtr>>;
using Accept4 =
    SyscallSpec<"accept4", 288, Full<>, Arg<"fd", Fd>, Arg<"addr", OutSockAddr<"addrlen">>,
                Arg<"addrlen", InOutPtr>, Arg<"flags", SocketFlags>>;
using Getsockname = SyscallSpec<"getsockname", 51, Full<>, Arg<"fd", Fd>,
                                Arg<"addr", OutSockAddr<"addrlen">>, Arg<"addrlen", InOutPtr>>;
using Getpeername = SyscallSpec<"getpeername", 52, Full<>, Arg<"fd", Fd>,
                                Arg<"addr", OutSockAddr<"addrlen">>, Arg<"addrlen", InOutPtr>>;
using Sendto =
    SyscallSpec<"sendto", 44, Full<>, Arg<"fd", Fd>, Arg<"buf", InBytes<"len">>, Arg<"len", size_t>,
                Arg<"flags", Flags>, Arg<"addr", InSockAddr<"addrlen">>, Arg<"addrlen", int>>;
using Recvfrom = SyscallSpec<"recvfrom", 45, Full<>, Arg<"fd", Fd>, Arg<"buf", OutBytes<"len">>,
                             Arg<"len", size_t>, Arg<"flags", Flags>,
                             Arg<"addr", OutSockAddr<"addrlen">>, Arg<"addrlen", InOutPtr>>;
using Sendmsg = SyscallSpec<"sendmsg", 46, AsSocket<Full<>>, Arg<"fd", Fd>, Arg<"msg", InPtr>,
                            Arg<"flags", Flags>>;
using Recvmsg = SyscallSpec<"recvmsg", 47, AsSocket<Full<>>, Arg<"fd", Fd>, Arg<"msg", InOutPtr>,
                            Arg<"flags", Flags>>;
using Sendmmsg =
    SyscallSpec<"sendmmsg", 307, AsSocket<Full<>>, Arg<"fd", Fd>, Arg<"msgvec", InOutArray<"vlen">>,
                Arg<"vlen", unsigned>, Arg<"flags", Flags>>;
using Recvmmsg =
    SyscallSpec<"recvmmsg", 299, AsSocket<Full<>>, Arg<"fd", Fd>, Arg<"msgvec", InOutArray<"vlen">>,
                Arg<"vlen", unsigned>, Arg<"flags", Flags>, Arg<"timeout", InOutPtr>>;
using Shutdown = SyscallSpec<"shutdown", 48, Full<>, Arg<"fd", Fd>, Arg<"how", int>>;
using Setsockopt =
    SyscallSpec<"setsockopt", 54, Full<>, Arg<"fd", Fd>, Arg<"level", int>, Arg<"optname", int>,
                Arg<"optval", InBytes<"optlen">>, Arg<"optlen", int>>;
using Getsockopt = SyscallSpec<"getsockopt", 55, Full<>, Arg<"fd", Fd>, Arg<"level", int>,
                               Arg<"optname", int>, Arg<"optval", OutPtr>, Arg<"optlen", InOutPtr>>;

using SocketsCalls = SyscallList<Socket, Socketpair, Bind, Connect, Listen, Accept, Accept4,
                                 Getsockname, Getpeername, Sendto, Recvfrom, Sendmsg, Recvmsg,
                                 Sendmmsg, Recvmmsg, Shutdown, Setsockopt, Getsockopt>;

}  // namespace umsdk::sys

#endif  // UMSDK_SDK_SYSCALL_SOCKETS_H_
