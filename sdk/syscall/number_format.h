// Numbers as text, for descriptions of calls.
#ifndef UMSDK_SDK_SYSCALL_NUMBER_FORMAT_H_
#define UMSDK_SDK_SYSCALL_NUMBER_FORMAT_H_

#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>

namespace umsdk {

template <std::integral T>
std::string InBase(T value, int base, const char* prefix) {
  char digits[68];  // 64 binary digits and a sign at most
  const auto end = std::to_chars(digits, digits + sizeof(digits), value, base).ptr;
  return std::string(prefix).append(digits, end);
}

template <std::integral T>
std::string Decimal(T value) {
  return InBase(value, 10, "");
}

inline std::string Hex(uint64_t value) { return InBase(value, 16, "0x"); }
inline std::string Octal(uint64_t value) { return InBase(value, 8, value == 0 ? "" : "0"); }

}  // namespace umsdk

#endif  // UMSDK_SDK_SYSCALL_NUMBER_FORMAT_H_
