#include "sdk/core/chain_context.h"

#include "sdk/syscall/describe.h"

namespace umsdk {

SyscallResult ChainContext::Next() {
  if (next_ >= links_.size()) return SyscallResult::Kernel();
  size_t mine = next_++;
  SyscallResult result = ask_(*links_[mine], *this);
  next_ = mine;  // a second Next() of the same handler asks the same rest
  return result;
}

SyscallResult ChainContext::Install(std::unique_ptr<File> file) {
  if (!file) return absl::InvalidArgumentError("Install: no file");
  if (!install_) return absl::FailedPreconditionError("Install: only an OnOpen handler may install a file");
  return install_(std::move(file));
}

std::string DescribeCall(TrappedCall& trap) {
  auto read = [&](uint64_t address, size_t max) -> std::optional<std::string> {
    std::string text(max, '\0');
    size_t got = trap.ReadMemory(address, text.data(), max);
    if (got == 0) return std::nullopt;
    text.resize(got);
    return text.substr(0, text.find('\0'));
  };
  return DescribeSyscall(trap.number(), trap.args(), read);
}

std::string ChainContext::Describe() { return DescribeCall(call_.trap()); }

std::optional<Verdict> FromChain(Call& call, const SyscallResult& result) {
  if (result.is_kernel()) return std::nullopt;
  call.MarkHandled();
  if (const absl::Status* failure = result.failure()) {
    call.view().Report(DescribeCall(call.trap()) + ": " + failure->ToString());
  }
  return Verdict::Return(result.ToRegister());
}

}  // namespace umsdk
