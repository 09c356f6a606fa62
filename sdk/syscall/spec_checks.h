// What the compiler checks of every row of the table. Used by syscall_spec.h only.
#ifndef UMSDK_SDK_SYSCALL_SPEC_CHECKS_H_
#define UMSDK_SDK_SYSCALL_SPEC_CHECKS_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sdk/syscall/syscall_info.h"

namespace umsdk::sys {

template <typename... Args>
constexpr bool NamesAreDistinct() {
  const std::array<std::string_view, sizeof...(Args)> names = {Args::kName...};
  for (size_t i = 0; i < names.size(); ++i) {
    for (size_t j = i + 1; j < names.size(); ++j) {
      if (names[i] == names[j]) return false;
    }
  }
  return true;
}

template <typename... Args>
constexpr bool LengthsAreNamed() {
  const std::array<std::string_view, sizeof...(Args)> names = {Args::kName...};
  const std::array<std::string_view, sizeof...(Args)> lengths = {Args::LengthArg()...};
  for (const std::string_view length : lengths) {
    if (length.empty()) continue;
    if (std::find(names.begin(), names.end(), length) == names.end()) return false;
  }
  return true;
}

// A length is passed by value, except that the kernel reads and writes an OutSockAddr's.
template <typename... Args>
constexpr bool LengthsAreOfRightKind() {
  const std::array<ArgInfo, sizeof...(Args)> infos = {Args::Info()...};
  const std::array<std::string_view, sizeof...(Args)> lengths = {Args::LengthArg()...};
  for (size_t i = 0; i < infos.size(); ++i) {
    for (size_t j = 0; j < infos.size(); ++j) {
      if (lengths[i].empty() || lengths[i] != infos[j].name) continue;
      const bool by_pointer = infos[i].kind == ArgKind::kOutSockAddr;
      const bool right = by_pointer ? infos[j].kind == ArgKind::kInOutPtr
                                    : infos[j].kind <= ArgKind::kUnsignedLong;
      if (!right) return false;
    }
  }
  return true;
}

template <typename... Args>
constexpr bool DirFdsPrecedePaths() {
  const std::array<ArgInfo, sizeof...(Args)> infos = {Args::Info()...};
  for (size_t i = 0; i < infos.size(); ++i) {
    if (infos[i].kind != ArgKind::kDirFd) continue;
    if (i + 1 == infos.size() || infos[i + 1].kind != ArgKind::kPath) return false;
  }
  return true;
}

// The index of an argument that is known to exist.
constexpr int8_t FindArg(const SyscallInfo& info, std::string_view name) {
  int8_t index = 0;
  while (index < info.arity && info.arg_infos[index].name != name) ++index;
  return index;
}

constexpr SyscallClass ClassFromKinds(const SyscallInfo& info) {
  bool family = false;
  bool path = false;
  bool descriptor = false;
  for (size_t i = 0; i < info.arity; ++i) {
    const ArgKind kind = info.arg_infos[i].kind;
    family |= kind == ArgKind::kAddressFamily || kind == ArgKind::kInSockAddr ||
              kind == ArgKind::kOutSockAddr;
    path |= IsPath(kind);
    descriptor |= IsDescriptor(kind);
  }
  if (family) return SyscallClass::kSocketFamily;
  if (path) return SyscallClass::kPath;
  return descriptor ? SyscallClass::kDescriptor : SyscallClass::kOther;
}

}  // namespace umsdk::sys

#endif  // UMSDK_SDK_SYSCALL_SPEC_CHECKS_H_
