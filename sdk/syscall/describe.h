// One line about a call, as strace would print it, for logs and traces.
//
//   DescribeSyscall(sys::Openat::kNumber, args, reader) + " " + FormatResult(3)
//     openat(AT_FDCWD, "/etc/motd", O_RDONLY|O_CLOEXEC) = 3
#ifndef UMSDK_SDK_SYSCALL_DESCRIBE_H_
#define UMSDK_SDK_SYSCALL_DESCRIBE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "sdk/syscall/guest_addr.h"

namespace umsdk {

// Reads the string at addr in the guest: up to its NUL, or its first max bytes when it is longer.
// nullopt when it cannot be read; its address is shown then.
using GuestStringReader = std::function<std::optional<std::string>(uint64_t addr, size_t max)>;

// How many bytes of a guest's string are shown.
inline constexpr size_t kMaxDescribedString = 64;

// The call on one line of printable ASCII, whatever the registers and the strings hold. An empty
// reader shows addresses. Numbers outside the table read syscall_1000(0x0, 0x0, ...).
std::string DescribeSyscall(int64_t number, const RawArgs& args, const GuestStringReader& reader);

// "= 3", or "= -1 ENOENT (No such file or directory)" for a result of -2. Results are shown in
// decimal; addresses, that is what lies above 4 GiB, in hex.
std::string FormatResult(int64_t result);

}  // namespace umsdk

#endif  // UMSDK_SDK_SYSCALL_DESCRIBE_H_
