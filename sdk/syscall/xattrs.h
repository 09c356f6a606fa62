// Extended attributes, by path and by descriptor.
#ifndef UMSDK_SDK_SYSCALL_XATTRS_H_
#define UMSDK_SDK_SYSCALL_XATTRS_H_

#include <cstddef>

#include "sdk/syscall/arg_kinds.h"
#include "sdk/syscall/syscall_list.h"
#include "sdk/syscall/syscall_spec.h"

namespace umsdk::sys {

using Setxattr =
    SyscallSpec<"setxattr", 188, Full<>, Arg<"path", UserPath>, Arg<"name", UserString>,
                Arg<"value", InBytes<"size">>, Arg<"size", size_t>, Arg<"flags", Flags>>;
using Lsetxattr =
    SyscallSpec<"lsetxattr", 189, Full<>, Arg<"path", UserPath>, Arg<"name", UserString>,
                Arg<"value", InBytes<"size">>, Arg<"size", size_t>, Arg<"flags", Flags>>;
using Fsetxattr =
    SyscallSpec<"fsetxattr", 190, Full<>, Arg<"fd", Fd>, Arg<"name", UserString>,
                Arg<"value", InBytes<"size">>, Arg<"size", size_t>, Arg<"flags", Flags>>;
using Getxattr =
    SyscallSpec<"getxattr", 191, Full<>, Arg<"path", UserPath>, Arg<"name", UserString>,
                Arg<"value", OutBytes<"size">>, Arg<"size", size_t>>;
using Lgetxattr =
    SyscallSpec<"lgetxattr", 192, Full<>, Arg<"path", UserPath>, Arg<"name", UserString>,
                Arg<"value", OutBytes<"size">>, Arg<"size", size_t>>;
using Fgetxattr = SyscallSpec<"fgetxattr", 193, Full<>, Arg<"fd", Fd>, Arg<"name", UserString>,
                              Arg<"value", OutBytes<"size">>, Arg<"size", size_t>>;
using Listxattr = SyscallSpec<"listxattr", 194, Full<>, Arg<"path", UserPath>,
                              Arg<"list", OutBytes<"size">>, Arg<"size", size_t>>;
using Llistxattr = SyscallSpec<"llistxattr", 195, Full<>, Arg<"path", UserPath>,
                               Arg<"list", OutBytes<"size">>, Arg<"size", size_t>>;
using Flistxattr = SyscallSpec<"flistxattr", 196, Full<>, Arg<"fd", Fd>,
                               Arg<"list", OutBytes<"size">>, Arg<"size", size_t>>;
using Removexattr =
    SyscallSpec<"removexattr", 197, Full<>, Arg<"path", UserPath>, Arg<"name", UserString>>;
using Lremovexattr =
    SyscallSpec<"lremovexattr", 198, Full<>, Arg<"path", UserPath>, Arg<"name", UserString>>;
using Fremovexattr =
    SyscallSpec<"fremovexattr", 199, Full<>, Arg<"fd", Fd>, Arg<"name", UserString>>;
using Setxattrat =
    SyscallSpec<"setxattrat", 463, Full<>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                Arg<"flags", AtFlags>, Arg<"name", UserString>, Arg<"args", InBytes<"size">>,
                Arg<"size", size_t>>;
using Getxattrat =
    SyscallSpec<"getxattrat", 464, Full<>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                Arg<"flags", AtFlags>, Arg<"name", UserString>, Arg<"args", InBytes<"size">>,
                Arg<"size", size_t>>;
using Listxattrat =
    SyscallSpec<"listxattrat", 465, Full<>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                Arg<"flags", AtFlags>, Arg<"list", OutBytes<"size">>, Arg<"size", size_t>>;
using Removexattrat =
    SyscallSpec<"removexattrat", 466, Full<>, Arg<"dirfd", DirFd>, Arg<"path", UserPath>,
                Arg<"flags", AtFlags>, Arg<"name", UserString>>;

using XattrsCalls = SyscallList<Setxattr, Lsetxattr, Fsetxattr, Getxattr, Lgetxattr, Fgetxattr,
                                Listxattr, Llistxattr, Flistxattr, Removexattr, Lremovexattr,
                                Fremovexattr, Setxattrat, Getxattrat, Listxattrat, Removexattrat>;

}  // namespace umsdk::sys

#endif  // UMSDK_SDK_SYSCALL_XATTRS_H_
