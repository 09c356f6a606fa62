// Argument kinds: the types that rows of the table give to registers.
//
// A kind says what the argument means (kKind) and decodes one register; nothing here touches guest
// memory. Kinds of three sorts:
//   int, size_t, int64_t...   arithmetic types, taken at their own width, as the kernel does;
//   OpenFlags, FileMode...    a Plain: decodes to its Value, an integer;
//   Fd, UserPath, OutBytes... decodes to itself, so that it cannot be taken for something else.
#ifndef UMSDK_SDK_SYSCALL_ARG_KINDS_H_
#define UMSDK_SDK_SYSCALL_ARG_KINDS_H_

#include <concepts>
#include <cstdint>
#include <string_view>

#include "sdk/syscall/fixed_string.h"
#include "sdk/syscall/guest_addr.h"
#include "sdk/syscall/syscall_info.h"

namespace umsdk::sys {

template <ArgKind Kind, std::integral T>
struct Plain {
  static constexpr ArgKind kKind = Kind;
  using Value = T;
};

// A descriptor of the guest. The kernel looks at the low 32 bits of the register only.
template <ArgKind Kind>
struct GuestFd {
  static constexpr ArgKind kKind = Kind;
  int value = -1;
};

template <ArgKind Kind>
struct Pointer {
  static constexpr ArgKind kKind = Kind;
  GuestAddr addr{};
};

// A pointer whose size is the argument named LengthArg.
template <ArgKind Kind, FixedString LengthArg>
struct Buffer : Pointer<Kind> {
  static constexpr std::string_view kLengthArg = LengthArg.view();
};

using Fd = GuestFd<ArgKind::kFd>;
using DirFd = GuestFd<ArgKind::kDirFd>;
using PidFd = GuestFd<ArgKind::kPidFd>;

using UserPath = Pointer<ArgKind::kPath>;
using UserString = Pointer<ArgKind::kString>;
using StringVector = Pointer<ArgKind::kStringVector>;
using InPtr = Pointer<ArgKind::kInPtr>;
using OutPtr = Pointer<ArgKind::kOutPtr>;
using InOutPtr = Pointer<ArgKind::kInOutPtr>;

// clang-format off
template <FixedString L> using InBytes = Buffer<ArgKind::kInBytes, L>;
template <FixedString L> using OutBytes = Buffer<ArgKind::kOutBytes, L>;
template <FixedString L> using InIovecs = Buffer<ArgKind::kInIovecs, L>;
template <FixedString L> using OutIovecs = Buffer<ArgKind::kOutIovecs, L>;
template <FixedString L> using InArray = Buffer<ArgKind::kInArray, L>;
template <FixedString L> using OutArray = Buffer<ArgKind::kOutArray, L>;
template <FixedString L> using InOutArray = Buffer<ArgKind::kInOutArray, L>;
template <FixedString L> using InSockAddr = Buffer<ArgKind::kInSockAddr, L>;
template <FixedString L> using OutSockAddr = Buffer<ArgKind::kOutSockAddr, L>;
// clang-format on

using Opaque = Plain<ArgKind::kOpaque, uint64_t>;
using Flags = Plain<ArgKind::kFlags, uint32_t>;
using Flags64 = Plain<ArgKind::kFlags64, uint64_t>;
using OpenFlags = Plain<ArgKind::kOpenFlags, int>;
using DescriptorFlags = Plain<ArgKind::kDescriptorFlags, int>;
using AtFlags = Plain<ArgKind::kAtFlags, int>;
using FaccessFlags = Plain<ArgKind::kFaccessFlags, int>;
using UnlinkFlags = Plain<ArgKind::kUnlinkFlags, int>;
using RenameFlags = Plain<ArgKind::kRenameFlags, uint32_t>;
using AccessMode = Plain<ArgKind::kAccessMode, int>;
using FileMode = Plain<ArgKind::kFileMode, uint32_t>;
using CreateMode = Plain<ArgKind::kCreateMode, uint32_t>;
using Whence = Plain<ArgKind::kWhence, int>;
using FcntlCommand = Plain<ArgKind::kFcntlCommand, int>;
using MmapProt = Plain<ArgKind::kMmapProt, uint32_t>;
using MmapFlags = Plain<ArgKind::kMmapFlags, uint32_t>;
using AddressFamily = Plain<ArgKind::kAddressFamily, int>;
using SocketType = Plain<ArgKind::kSocketType, int>;
using SocketFlags = Plain<ArgKind::kSocketFlags, int>;
using MountFlags = Plain<ArgKind::kMountFlags, uint64_t>;
using UmountFlags = Plain<ArgKind::kUmountFlags, int>;
using CloneFlags = Plain<ArgKind::kCloneFlags, uint64_t>;
using NamespaceFlags = Plain<ArgKind::kNamespaceFlags, uint32_t>;
using SignalNumber = Plain<ArgKind::kSignal, int>;
using DeviceNumber = Plain<ArgKind::kDevice, uint32_t>;
using ProcessId = Plain<ArgKind::kProcessId, int>;
using UserId = Plain<ArgKind::kUserId, uint32_t>;
using GroupId = Plain<ArgKind::kGroupId, uint32_t>;

// What an argument of kind K is.
template <typename K>
constexpr ArgKind KindOf() {
  if constexpr (std::same_as<K, GuestAddr>) {
    return ArgKind::kAddress;
  } else if constexpr (std::integral<K>) {
    constexpr bool kWide = sizeof(K) == sizeof(uint64_t);
    if constexpr (std::signed_integral<K>) return kWide ? ArgKind::kLong : ArgKind::kInt;
    return kWide ? ArgKind::kUnsignedLong : ArgKind::kUnsigned;
  } else {
    return K::kKind;
  }
}

// The register's value as kind K decodes it.
template <typename K>
constexpr auto DecodeArg(uint64_t raw) {
  if constexpr (std::same_as<K, GuestAddr>) {
    return GuestAddr{raw};
  } else if constexpr (std::integral<K>) {
    return static_cast<K>(raw);
  } else if constexpr (requires { typename K::Value; }) {
    return static_cast<typename K::Value>(raw);
  } else if constexpr (requires(K kind) { kind.addr; }) {
    K pointer;
    pointer.addr = GuestAddr{raw};
    return pointer;
  } else {
    return K{static_cast<int>(raw)};
  }
}

}  // namespace umsdk::sys

#endif  // UMSDK_SDK_SYSCALL_ARG_KINDS_H_
