// ChainContext: the SyscallContext of one call on its way along the services that claim it.
#ifndef SDK_CORE_CHAIN_CONTEXT_H_
#define SDK_CORE_CHAIN_CONTEXT_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "sdk/core/call.h"
#include "sdk/core/service_chain.h"

namespace umsdk {

class ChainContext final : public SyscallContext {
 public:
  using Ask = std::function<SyscallResult(Service&, SyscallContext&)>;
  // `ask` calls the handler in question of one service; `install` takes what Install is given.
  using Installer = std::function<SyscallResult(std::unique_ptr<File>)>;
  ChainContext(Call& call, ServiceChain::Links links, Ask ask, Installer install = nullptr)
      : call_(call), links_(std::move(links)), ask_(std::move(ask)), install_(std::move(install)) {}

  // Asks the chain from its start. Kernel(): nobody took it.
  SyscallResult Run() { return Next(); }

  SyscallResult Next() override;
  SyscallResult Install(std::unique_ptr<File> file) override;
  pid_t tid() const override { return call_.tid(); }
  const Caller& caller() override { return call_.caller(); }
  ErrnoOrOk ReadMemory(uint64_t address, void* out, size_t size) override {
    return call_.Get(address, out, size);
  }
  ErrnoOrOk WriteMemory(uint64_t address, const void* bytes, size_t size) override {
    return call_.Put(address, bytes, size);
  }
  ErrnoOr<std::string> ReadString(uint64_t address, size_t limit) override {
    return call_.String(address, limit, Errno(ENAMETOOLONG));
  }
  std::string Describe() override;
  void WillBlock() override { call_.trap().WillBlock(); }
  bool Interrupted() override { return call_.trap().Interrupted(); }
  SyscallResult Restart() override { return SyscallResult::Value(Verdict::Restart().value()); }

 private:
  Call& call_;
  const ServiceChain::Links links_;
  const Ask ask_;
  const Installer install_;
  size_t next_ = 0;
};

// The call in strace's notation.
std::string DescribeCall(TrappedCall& trap);
// A result of the chain as the guest sees it; failures are reported. nullopt: the kernel's turn.
std::optional<Verdict> FromChain(Call& call, const SyscallResult& result);

}  // namespace umsdk

#endif  // SDK_CORE_CHAIN_CONTEXT_H_
