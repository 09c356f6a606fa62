// Numbers with names: how flags and enumerations of the kernel are spelt.
#ifndef UMSDK_SDK_SYSCALL_FLAG_NAMES_H_
#define UMSDK_SDK_SYSCALL_FLAG_NAMES_H_

#include <cstdint>
#include <string>

#include "sdk/syscall/syscall_info.h"

namespace umsdk {

// "O_RDONLY|O_CLOEXEC" for kOpenFlags, "SIGINT" for kSignal...; bits without a name in hex. A kind
// that has no names at all is spelt in hex.
std::string FormatFlags(ArgKind kind, uint64_t value);

// True when the open flags make open look at the mode.
bool OpenFlagsCreate(uint64_t flags);

}  // namespace umsdk

#endif  // UMSDK_SDK_SYSCALL_FLAG_NAMES_H_
