// SyscallList: rows joined into one table, indexed by number at compile time.
#ifndef UMSDK_SDK_SYSCALL_SYSCALL_LIST_H_
#define UMSDK_SDK_SYSCALL_SYSCALL_LIST_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "sdk/syscall/syscall_info.h"

namespace umsdk::sys {

template <typename... Specs>
constexpr bool NumbersAreUnique() {
  constexpr std::array<int64_t, sizeof...(Specs)> kNumbers = {Specs::kNumber...};
  std::array<bool, std::max({Specs::kNumber...}) + 1> seen = {};
  for (const int64_t number : kNumbers) {
    if (seen[static_cast<size_t>(number)]) return false;
    seen[static_cast<size_t>(number)] = true;
  }
  return true;
}

// The order of the rows does not matter.
template <typename... Specs>
struct SyscallList {
  static_assert(NumbersAreUnique<Specs...>(), "two rows claim the same system call number");

  static constexpr size_t kSize = sizeof...(Specs);
  static constexpr int64_t kMaxNumber = std::max({Specs::kNumber...});

  static constexpr std::array<SyscallInfo, kSize> Infos() { return {Specs::Info()...}; }

  // For each number the position of its row in Infos(), -1 where there is none.
  static constexpr std::array<int16_t, kMaxNumber + 1> Index() {
    std::array<int16_t, kMaxNumber + 1> index = {};
    index.fill(-1);
    constexpr std::array<int64_t, kSize> kNumbers = {Specs::kNumber...};
    for (size_t i = 0; i < kSize; ++i) {
      index[static_cast<size_t>(kNumbers[i])] = static_cast<int16_t>(i);
    }
    return index;
  }
};

namespace internal {
template <typename...>
struct Joined;
template <typename... A>
struct Joined<SyscallList<A...>> {
  using Type = SyscallList<A...>;
};
template <typename... A, typename... B, typename... Lists>
struct Joined<SyscallList<A...>, SyscallList<B...>, Lists...>
    : Joined<SyscallList<A..., B...>, Lists...> {};
}  // namespace internal

template <typename... Lists>
using Join = typename internal::Joined<Lists...>::Type;

}  // namespace umsdk::sys

#endif  // UMSDK_SDK_SYSCALL_SYSCALL_LIST_H_
