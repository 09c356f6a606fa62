// A string literal usable as a template argument.
#ifndef UMSDK_SDK_SYSCALL_FIXED_STRING_H_
#define UMSDK_SDK_SYSCALL_FIXED_STRING_H_

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace umsdk::sys {

template <size_t N>
struct FixedString {
  char data[N] = {};
  constexpr FixedString(const char (&text)[N]) { std::copy_n(text, N, data); }  // NOLINT: implicit
  constexpr std::string_view view() const { return {data, N - 1}; }
};

}  // namespace umsdk::sys

#endif  // UMSDK_SDK_SYSCALL_FIXED_STRING_H_
