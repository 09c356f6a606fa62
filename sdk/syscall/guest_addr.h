// Addresses in a guest, and the six registers that a system call passes.
#ifndef UMSDK_SDK_SYSCALL_GUEST_ADDR_H_
#define UMSDK_SDK_SYSCALL_GUEST_ADDR_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace umsdk {

// An address in the guest. It cannot be dereferenced by mistake.
enum class GuestAddr : uint64_t {};

inline constexpr size_t kMaxSyscallArgs = 6;

// rdi, rsi, rdx, r10, r8, r9: as the kernel sees them, before any conversion.
using RawArgs = std::array<uint64_t, kMaxSyscallArgs>;

}  // namespace umsdk

#endif  // UMSDK_SDK_SYSCALL_GUEST_ADDR_H_
