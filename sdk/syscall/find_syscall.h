// Look-up in the table of system calls at run time. Every function may be called from any thread;
// what they return lives as long as the program.
#ifndef UMSDK_SDK_SYSCALL_FIND_SYSCALL_H_
#define UMSDK_SDK_SYSCALL_FIND_SYSCALL_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "sdk/syscall/syscall_info.h"

namespace umsdk {

// The call of that number in constant time. nullptr for every number outside the table: negative
// ones, the holes, those past its end, and x32's (bit 30).
const SyscallInfo* FindSyscall(int64_t number);

// The call of that name, nullptr when there is none. Linear: for options, not for the path of
// calls.
const SyscallInfo* FindSyscallByName(std::string_view name);

// All calls, in no particular order.
std::span<const SyscallInfo> AllSyscallInfos();

// The highest number that the table has.
int64_t MaxSyscallNumber();

}  // namespace umsdk

#endif  // UMSDK_SDK_SYSCALL_FIND_SYSCALL_H_
