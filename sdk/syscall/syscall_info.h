// SyscallInfo: what the table knows of a call at run time, for display, filters and tests.
#ifndef UMSDK_SDK_SYSCALL_SYSCALL_INFO_H_
#define UMSDK_SDK_SYSCALL_SYSCALL_INFO_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "sdk/syscall/guest_addr.h"

namespace umsdk {

// What an argument means. The C++ types that rows use for these are in arg_kinds.h.
enum class ArgKind : uint8_t {
  // Plain values.
  kInt,
  kUnsigned,
  kLong,
  kUnsignedLong,
  kOpaque,  // an int or an address, as another argument decides
  // Descriptors.
  kFd,
  kDirFd,  // stands just before the path that it is the base of
  kPidFd,
  // Strings in the guest.
  kPath,
  kString,  // a name of something, not a path to walk
  kStringVector,
  // Memory of the guest. In: the kernel reads it; out: the kernel writes it.
  kAddress,
  kInPtr,
  kOutPtr,
  kInOutPtr,
  kInBytes,  // the length argument counts bytes
  kOutBytes,
  kInIovecs,  // the length argument counts struct iovec
  kOutIovecs,
  kInArray,  // the length argument counts elements
  kOutArray,
  kInOutArray,
  kInSockAddr,   // the length argument is the length
  kOutSockAddr,  // the length argument points to the length
  // Numbers with names.
  kFlags,    // 32 bits
  kFlags64,  // 64 bits
  kOpenFlags,
  kDescriptorFlags,  // O_CLOEXEC, O_NONBLOCK of calls that make descriptors
  kAtFlags,
  kFaccessFlags,
  kUnlinkFlags,
  kRenameFlags,
  kAccessMode,
  kFileMode,
  kCreateMode,  // looked at only when the open flags before it create a file
  kWhence,
  kFcntlCommand,
  kMmapProt,
  kMmapFlags,
  kAddressFamily,
  kSocketType,
  kSocketFlags,
  kMountFlags,
  kUmountFlags,
  kCloneFlags,
  kNamespaceFlags,
  kSignal,
  kDevice,
  kProcessId,
  kUserId,
  kGroupId,
};

enum class SupportLevel : uint8_t {
  kFull,     // works on virtual objects as on real ones
  kPartial,  // the remark says what does not
  kNative,   // never needs trapping: the kernel's answer is the right one
  kRefused,  // answered ENOSYS
};

// By what a call is routed.
enum class SyscallClass : uint8_t {
  kPath,          // it takes a path
  kDescriptor,    // it takes descriptors and no path
  kSocketFamily,  // it takes an address family, or addresses of one
  kProcess,       // it makes, replaces, ends or awaits a process
  kOther,
};

struct ArgInfo {
  std::string_view name = {};
  ArgKind kind = ArgKind::kInt;
  int8_t length_arg = -1;  // the index of a buffer's length argument; -1: it has none
};

struct SyscallInfo {
  int64_t number = -1;
  std::string_view name = {};
  SupportLevel support = SupportLevel::kNative;
  SyscallClass call_class = SyscallClass::kOther;
  bool args_known = false;  // false: the table has this call by number and name only
  uint8_t arity = 0;
  std::array<ArgInfo, kMaxSyscallArgs> arg_infos = {};
  std::string_view remark = {};

  std::span<const ArgInfo> args() const { return {arg_infos.data(), arity}; }
};

constexpr bool IsPath(ArgKind kind) { return kind == ArgKind::kPath; }

constexpr bool IsDescriptor(ArgKind kind) {
  return kind == ArgKind::kFd || kind == ArgKind::kDirFd || kind == ArgKind::kPidFd;
}

// An argument that holds an address in the guest, or NULL.
constexpr bool IsPointer(ArgKind kind) {
  return kind >= ArgKind::kPath && kind <= ArgKind::kOutSockAddr;
}

// The index of the dirfd that a path argument is relative to, -1 when it is the working directory.
constexpr int DirFdIndex(const SyscallInfo& info, size_t path_index) {
  if (path_index == 0 || path_index >= info.arity) return -1;
  const size_t before = path_index - 1;
  return info.arg_infos[before].kind == ArgKind::kDirFd ? static_cast<int>(before) : -1;
}

}  // namespace umsdk

#endif  // UMSDK_SDK_SYSCALL_SYSCALL_INFO_H_
