#include "sdk/syscall/describe.h"

#include <fcntl.h>

#include <string_view>

#include "sdk/syscall/errno_name.h"
#include "sdk/syscall/find_syscall.h"
#include "sdk/syscall/flag_names.h"
#include "sdk/syscall/number_format.h"
#include "sdk/syscall/quote.h"
#include "sdk/syscall/syscall_info.h"

namespace umsdk {
namespace {

constexpr int64_t kMaxErrno = 4095;

std::string FormatAddress(uint64_t addr) { return addr == 0 ? "NULL" : Hex(addr); }

std::string FormatString(uint64_t addr, const GuestStringReader& reader) {
  if (addr == 0 || !reader) return FormatAddress(addr);
  // One byte more than is shown tells whether there is more.
  const std::optional<std::string> text = reader(addr, kMaxDescribedString + 1);
  return text.has_value() ? Quote(*text, kMaxDescribedString) : FormatAddress(addr);
}

// As the kernel decodes a dev_t: 12 bits of major, 20 bits of minor.
std::string FormatDevice(uint32_t dev) {
  const uint32_t major = (dev >> 8) & 0xfff;
  const uint32_t minor = (dev & 0xff) | ((dev >> 12) & 0xfff00);
  return "makedev(" + Decimal(major) + ", " + Decimal(minor) + ")";
}

// The bits of the register that the kernel looks at for flags of this kind.
uint64_t FlagBits(ArgKind kind, uint64_t raw) {
  const bool wide =
      kind == ArgKind::kFlags64 || kind == ArgKind::kCloneFlags || kind == ArgKind::kMountFlags;
  return wide ? raw : static_cast<uint32_t>(raw);
}

std::string FormatArg(ArgKind kind, uint64_t raw, const GuestStringReader& reader) {
  const auto as_int = static_cast<int32_t>(raw);
  switch (kind) {
    case ArgKind::kInt:
    case ArgKind::kFd:
    case ArgKind::kPidFd:
    case ArgKind::kProcessId:
      return Decimal(as_int);
    case ArgKind::kDirFd:
      return as_int == AT_FDCWD ? "AT_FDCWD" : Decimal(as_int);
    case ArgKind::kUserId:
    case ArgKind::kGroupId:
      return as_int == -1 ? "-1" : Decimal(static_cast<uint32_t>(raw));
    case ArgKind::kUnsigned:
      return Decimal(static_cast<uint32_t>(raw));
    case ArgKind::kLong:
      return Decimal(static_cast<int64_t>(raw));
    case ArgKind::kUnsignedLong:
      return Decimal(raw);
    case ArgKind::kOpaque:
      return raw == 0 ? "0" : Hex(raw);
    case ArgKind::kPath:
    case ArgKind::kString:
      return FormatString(raw, reader);
    case ArgKind::kFileMode:
    case ArgKind::kCreateMode:
      return Octal(static_cast<uint32_t>(raw));
    case ArgKind::kDevice:
      return FormatDevice(static_cast<uint32_t>(raw));
    default:
      return IsPointer(kind) ? FormatAddress(raw) : FormatFlags(kind, FlagBits(kind, raw));
  }
}

// A mode that the kernel does not look at may be anything and would mislead.
bool IsIgnored(const SyscallInfo& info, size_t index, const RawArgs& args) {
  return info.arg_infos[index].kind == ArgKind::kCreateMode && index > 0 &&
         info.arg_infos[index - 1].kind == ArgKind::kOpenFlags && !OpenFlagsCreate(args[index - 1]);
}

std::string DescribeRaw(std::string name, const RawArgs& args) {
  name += '(';
  for (size_t i = 0; i < args.size(); ++i) {
    if (i > 0) name += ", ";
    name += Hex(args[i]);
  }
  return name + ')';
}

}  // namespace

std::string DescribeSyscall(int64_t number, const RawArgs& args, const GuestStringReader& reader) {
  const SyscallInfo* info = FindSyscall(number);
  if (info == nullptr) return DescribeRaw("syscall_" + Decimal(number), args);
  if (!info->args_known) return DescribeRaw(std::string(info->name), args);
  std::string line(info->name);
  line += '(';
  std::string_view separator;
  for (size_t i = 0; i < info->arity; ++i) {
    if (IsIgnored(*info, i, args)) continue;
    line += separator;
    line += FormatArg(info->arg_infos[i].kind, args[i], reader);
    separator = ", ";
  }
  return line + ')';
}

std::string FormatResult(int64_t result) {
  if (result >= 0 || result < -kMaxErrno) {
    const bool is_address = result < 0 || result > int64_t{UINT32_MAX};
    return "= " + (is_address ? Hex(static_cast<uint64_t>(result)) : Decimal(result));
  }
  const int number = static_cast<int>(-result);
  const ErrnoInfo* info = FindErrno(number);
  if (info == nullptr) return "= -1 (errno " + Decimal(number) + ")";
  return "= -1 " + std::string(info->name) + " (" + std::string(info->text) + ")";
}

}  // namespace umsdk
