#include "sdk/syscall/syscalls_doc.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "sdk/syscall/find_syscall.h"
#include "sdk/syscall/number_format.h"
#include "sdk/syscall/syscall_info.h"
#include "sdk/syscall/syscall_names.h"

namespace umsdk {
namespace {

constexpr std::string_view kIntroduction = R"(# System calls

<!-- Generated from sdk/syscall: bazel run //sdk/syscall:syscalls_doc > docs/syscalls.md -->

Every x86-64 system call of Linux 6.18, and what becomes of it in a view:

- **full**: works on virtual objects as on real ones;
- **partial**: works, except for what the remark says;
- **native**: never needs trapping, the kernel's own answer is the right one;
- **refused**: answered ENOSYS.

The class says by what a call is routed: a *path*, a *descriptor*, a *socket* address family, a
*process* that it makes, replaces, ends or awaits, or *other*. An argument is written as its name
and its kind; *in* is memory that the kernel reads, *out* memory that it writes, and the brackets
hold the argument that tells a buffer's length. A path is relative to the dirfd before it, or to the
working directory. Numbers that are not in this list are answered ENOSYS.

)";

std::string Code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string ArgsCell(const SyscallInfo& info) {
  if (!info.args_known) return "not listed";
  std::string cell;
  for (const ArgInfo& arg : info.args()) {
    if (!cell.empty()) cell += ", ";
    cell += Code(arg.name) + " " + std::string(KindName(arg.kind));
    if (arg.length_arg >= 0) cell += "[" + std::string(info.args()[arg.length_arg].name) + "]";
  }
  return cell;
}

std::string Row(const SyscallInfo& info) {
  std::string row = "| " + Decimal(info.number);
  for (const std::string& cell :
       {Code(info.name), ArgsCell(info), std::string(ClassName(info.call_class)),
        std::string(SupportName(info.support)), std::string(info.remark)}) {
    row += cell.empty() ? " |" : " | " + cell;
  }
  return row + " |\n";
}

std::string Counts() {
  std::string line;
  for (const SupportLevel level : {SupportLevel::kFull, SupportLevel::kPartial,
                                   SupportLevel::kNative, SupportLevel::kRefused}) {
    const auto infos = AllSyscallInfos();
    const auto count = std::count_if(infos.begin(), infos.end(), [level](const SyscallInfo& info) {
      return info.support == level;
    });
    if (!line.empty()) line += ", ";
    line += Decimal(count) + " " + std::string(SupportName(level));
  }
  return Decimal(AllSyscallInfos().size()) + " calls: " + line + ".\n\n";
}

}  // namespace

std::string RenderSyscallsDoc() {
  std::string doc(kIntroduction);
  doc += Counts();
  doc += "| No. | Call | Arguments | Class | Support | Remark |\n";
  doc += "|---:|---|---|---|---|---|\n";
  for (int64_t number = 0; number <= MaxSyscallNumber(); ++number) {
    if (const SyscallInfo* info = FindSyscall(number); info != nullptr) doc += Row(*info);
  }
  return doc;
}

}  // namespace umsdk
