// SyscallSpec: one row describes one Linux system call.
//
//   using Read = SyscallSpec<"read", 0, Full<>, Arg<"fd", Fd>, Arg<"buf", OutBytes<"count">>,
//                            Arg<"count", size_t>>;
//
// The row is the only place where argument positions are written down. Handlers ask by name, and
// a misspelt name does not compile:
//
//   sys::Read call(raw_args);
//   size_t count = call.get<"count">();
//
// Numbers are x86-64's own and written out: the table does not depend on the age of the kernel
// headers that it is compiled with.
#ifndef UMSDK_SDK_SYSCALL_SYSCALL_SPEC_H_
#define UMSDK_SDK_SYSCALL_SYSCALL_SPEC_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "sdk/syscall/arg_kinds.h"
#include "sdk/syscall/fixed_string.h"
#include "sdk/syscall/guest_addr.h"
#include "sdk/syscall/spec_checks.h"
#include "sdk/syscall/syscall_info.h"

namespace umsdk::sys {

// ---- Support of a row: a level and a remark ---------------------------------
template <SupportLevel Level, FixedString Remark>
struct Support {
  static constexpr SupportLevel kLevel = Level;
  static constexpr std::string_view kRemark = Remark.view();
};

// clang-format off
template <FixedString Remark = ""> using Full = Support<SupportLevel::kFull, Remark>;
template <FixedString Remark = ""> using Native = Support<SupportLevel::kNative, Remark>;
template <FixedString Remark> using Partial = Support<SupportLevel::kPartial, Remark>;
template <FixedString Remark> using Refused = Support<SupportLevel::kRefused, Remark>;
// clang-format on

// The class follows from the kinds of the arguments; these wrappers overrule it.
template <SyscallClass Class, typename SupportT>
struct Classed : SupportT {
  static constexpr SyscallClass kClass = Class;
};

// clang-format off
template <typename S> using AsPath = Classed<SyscallClass::kPath, S>;
template <typename S> using AsDescriptor = Classed<SyscallClass::kDescriptor, S>;
template <typename S> using AsSocket = Classed<SyscallClass::kSocketFamily, S>;
template <typename S> using AsProcess = Classed<SyscallClass::kProcess, S>;
// clang-format on

// ---- Rows -------------------------------------------------------------------
template <FixedString Name, typename Kind>
struct Arg {
  static constexpr std::string_view kName = Name.view();
  using Type = Kind;

  static constexpr ArgInfo Info() { return {.name = kName, .kind = KindOf<Kind>()}; }
  static constexpr std::string_view LengthArg() {
    if constexpr (requires { Kind::kLengthArg; }) return Kind::kLengthArg;
    return {};
  }
};

template <FixedString Name, int64_t Number, typename SupportT, typename... Args>
class SyscallSpec {
 public:
  static constexpr std::string_view kName = Name.view();
  static constexpr int64_t kNumber = Number;
  static constexpr size_t kArity = sizeof...(Args);

  static_assert(Number >= 0, "a system call's number is not negative");
  static_assert(kArity <= kMaxSyscallArgs, "a system call has at most six arguments");

  // The index of an argument, kArity when there is none of that name.
  static constexpr size_t IndexOf(std::string_view name) {
    size_t index = 0;
    (void)((Args::kName == name || (++index, false)) || ...);
    return index;
  }

  constexpr explicit SyscallSpec(const RawArgs& raw) : raw_(raw) {}

  // The decoded argument of that name; does not compile when this call has none.
  template <FixedString ArgName>
  requires(IndexOf(ArgName.view()) < kArity) constexpr auto get() const {
    constexpr size_t kIndex = IndexOf(ArgName.view());
    using Kind = typename std::tuple_element_t<kIndex, std::tuple<Args...>>::Type;
    return DecodeArg<Kind>(raw_[kIndex]);
  }

  static constexpr SyscallInfo Info() {
    SyscallInfo info{.number = Number,
                     .name = kName,
                     .support = SupportT::kLevel,
                     .args_known = true,
                     .arity = static_cast<uint8_t>(kArity),
                     .arg_infos = {Args::Info()...},
                     .remark = SupportT::kRemark};
    const std::array<std::string_view, kMaxSyscallArgs> lengths = {Args::LengthArg()...};
    for (size_t i = 0; i < kArity; ++i) {
      if (!lengths[i].empty()) info.arg_infos[i].length_arg = FindArg(info, lengths[i]);
    }
    info.call_class = ClassFromKinds(info);
    if constexpr (requires { SupportT::kClass; }) info.call_class = SupportT::kClass;
    return info;
  }

 private:
  static_assert(NamesAreDistinct<Args...>(), "two arguments of this call have the same name");
  static_assert(LengthsAreNamed<Args...>(),
                "a buffer names a length argument that this call does not have");
  static_assert(LengthsAreOfRightKind<Args...>(),
                "a buffer's length is not a number, or an OutSockAddr's is not a pointer");
  static_assert(DirFdsPrecedePaths<Args...>(), "a DirFd does not stand just before its path");

  RawArgs raw_;
};

// A call that the table has by number and name only.
template <FixedString Name, int64_t Number, typename SupportT>
struct NamedSyscall {
  static constexpr std::string_view kName = Name.view();
  static constexpr int64_t kNumber = Number;
  static_assert(Number >= 0, "a system call's number is not negative");

  static constexpr SyscallInfo Info() {
    return {
        .number = Number, .name = kName, .support = SupportT::kLevel, .remark = SupportT::kRemark};
  }
};

}  // namespace umsdk::sys

#endif  // UMSDK_SDK_SYSCALL_SYSCALL_SPEC_H_
