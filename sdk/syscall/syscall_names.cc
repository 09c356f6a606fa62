#include "sdk/syscall/syscall_names.h"

namespace umsdk {

std::string_view SupportName(SupportLevel level) {
  switch (level) {
    case SupportLevel::kFull:
      return "full";
    case SupportLevel::kPartial:
      return "partial";
    case SupportLevel::kNative:
      return "native";
    case SupportLevel::kRefused:
      return "refused";
  }
  return "";
}

std::string_view ClassName(SyscallClass call_class) {
  switch (call_class) {
    case SyscallClass::kPath:
      return "path";
    case SyscallClass::kDescriptor:
      return "descriptor";
    case SyscallClass::kSocketFamily:
      return "socket";
    case SyscallClass::kProcess:
      return "process";
    case SyscallClass::kOther:
      return "other";
  }
  return "";
}

// One line a kind; a kind that is missing is an error of the compiler (-Wswitch).
std::string_view KindName(ArgKind kind) {
  switch (kind) {
    case ArgKind::kInt:
      return "int";
    case ArgKind::kUnsigned:
      return "unsigned";
    case ArgKind::kLong:
      return "long";
    case ArgKind::kUnsignedLong:
      return "unsigned long";
    case ArgKind::kOpaque:
      return "opaque";
    case ArgKind::kFd:
      return "fd";
    case ArgKind::kDirFd:
      return "dirfd";
    case ArgKind::kPidFd:
      return "pidfd";
    case ArgKind::kPath:
      return "path";
    case ArgKind::kString:
      return "string";
    case ArgKind::kStringVector:
      return "strings";
    case ArgKind::kAddress:
      return "address";
    case ArgKind::kInPtr:
      return "in";
    case ArgKind::kOutPtr:
      return "out";
    case ArgKind::kInOutPtr:
      return "in/out";
    case ArgKind::kInBytes:
      return "in bytes";
    case ArgKind::kOutBytes:
      return "out bytes";
    case ArgKind::kInIovecs:
      return "in iovecs";
    case ArgKind::kOutIovecs:
      return "out iovecs";
    case ArgKind::kInArray:
      return "in array";
    case ArgKind::kOutArray:
      return "out array";
    case ArgKind::kInOutArray:
      return "in/out array";
    case ArgKind::kInSockAddr:
      return "in socket address";
    case ArgKind::kOutSockAddr:
      return "out socket address";
    case ArgKind::kFlags:
      return "flags";
    case ArgKind::kFlags64:
      return "flags (64 bits)";
    case ArgKind::kOpenFlags:
      return "open flags";
    case ArgKind::kDescriptorFlags:
      return "descriptor flags";
    case ArgKind::kAtFlags:
      return "AT_ flags";
    case ArgKind::kFaccessFlags:
      return "AT_ flags";
    case ArgKind::kUnlinkFlags:
      return "AT_ flags";
    case ArgKind::kRenameFlags:
      return "rename flags";
    case ArgKind::kAccessMode:
      return "access mode";
    case ArgKind::kFileMode:
      return "file mode";
    case ArgKind::kCreateMode:
      return "create mode";
    case ArgKind::kWhence:
      return "whence";
    case ArgKind::kFcntlCommand:
      return "fcntl command";
    case ArgKind::kMmapProt:
      return "protection";
    case ArgKind::kMmapFlags:
      return "mmap flags";
    case ArgKind::kAddressFamily:
      return "address family";
    case ArgKind::kSocketType:
      return "socket type";
    case ArgKind::kSocketFlags:
      return "socket flags";
    case ArgKind::kMountFlags:
      return "mount flags";
    case ArgKind::kUmountFlags:
      return "umount flags";
    case ArgKind::kCloneFlags:
      return "clone flags";
    case ArgKind::kNamespaceFlags:
      return "namespace flags";
    case ArgKind::kSignal:
      return "signal";
    case ArgKind::kDevice:
      return "device";
    case ArgKind::kProcessId:
      return "pid";
    case ArgKind::kUserId:
      return "uid";
    case ArgKind::kGroupId:
      return "gid";
  }
  return "";
}

}  // namespace umsdk
