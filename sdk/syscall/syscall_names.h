// Words for the enumerations of the table, for documents and listings.
#ifndef UMSDK_SDK_SYSCALL_SYSCALL_NAMES_H_
#define UMSDK_SDK_SYSCALL_SYSCALL_NAMES_H_

#include <string_view>

#include "sdk/syscall/syscall_info.h"

namespace umsdk {

std::string_view SupportName(SupportLevel level);     // "full"
std::string_view ClassName(SyscallClass call_class);  // "descriptor"
std::string_view KindName(ArgKind kind);              // "out bytes"

}  // namespace umsdk

#endif  // UMSDK_SDK_SYSCALL_SYSCALL_NAMES_H_
