#include "sdk/syscall/find_syscall.h"

#include <algorithm>

#include "sdk/syscall/syscalls.h"

namespace umsdk {
namespace {

constexpr auto kInfos = sys::AllSyscalls::Infos();
constexpr auto kIndex = sys::AllSyscalls::Index();

}  // namespace

const SyscallInfo* FindSyscall(int64_t number) {
  if (number < 0 || number > sys::AllSyscalls::kMaxNumber) return nullptr;
  const int16_t position = kIndex[static_cast<size_t>(number)];
  return position < 0 ? nullptr : &kInfos[static_cast<size_t>(position)];
}

const SyscallInfo* FindSyscallByName(std::string_view name) {
  const auto found = std::find_if(kInfos.begin(), kInfos.end(),
                                  [name](const SyscallInfo& info) { return info.name == name; });
  return found == kInfos.end() ? nullptr : &*found;
}

std::span<const SyscallInfo> AllSyscallInfos() { return kInfos; }

int64_t MaxSyscallNumber() { return sys::AllSyscalls::kMaxNumber; }

}  // namespace umsdk
