// ChainContext: the SyscallContext of one call on its way along the services that claim it.
#ifndef SDK_CORE_CHAIN_CONTEXT_H_
#define SDK_CORE_CHAIN_CONTEXT_H_

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "sdk/core/call.h"
#include "sdk/core/host_files.h"
#include "sdk/core/service_chain.h"
#include "sdk/core/tree_helper.h"

namespace umsdk {

class ChainContext final : public SyscallContext {
 public:
  using Ask = std::function<SyscallResult(Service&, SyscallContext&)>;
  // `ask` calls the handler in question of one service; `install` takes what Install is given.
  using Installer = std::function<SyscallResult(std::unique_ptr<File>)>;
  using FdInstaller = std::function<SyscallResult(UniqueFd, std::shared_ptr<NativeFile>)>;
  ChainContext(Call& call, ServiceChain::Links links, Ask ask, Installer install = nullptr)
      : call_(call), links_(std::move(links)), ask_(std::move(ask)), install_(std::move(install)) {}

  // Asks the chain from its start. Kernel(): nobody took it.
  SyscallResult Run() { return Next(); }

  SyscallResult Next() override;
  SyscallResult Install(std::unique_ptr<File> file) override;
  SyscallResult InstallFd(UniqueFd fd, std::shared_ptr<NativeFile> file) override {
    if (!install_fd_) return absl::FailedPreconditionError("InstallFd: only an OnOpen handler may");
    return install_fd_(std::move(fd), std::move(file));
  }
  void SetFdInstaller(FdInstaller install) { install_fd_ = std::move(install); }
  pid_t tid() const override { return call_.tid(); }
  const Caller& caller() override { return call_.caller(); }
  std::shared_ptr<HostFiles> files() override {
    return MakeHostFiles(call_.view(), call_.shared_layer(), std::min(epoch_, call_.view().epoch()));
  }
  // The mount in question: accesses of its service see those that are older.
  void SetEpoch(uint64_t epoch) { epoch_ = epoch; }
  ErrnoOrOk ReadMemory(uint64_t address, void* out, size_t size) override {
    return call_.Get(address, out, size);
  }
  ErrnoOrOk WriteMemory(uint64_t address, const void* bytes, size_t size) override {
    return call_.Put(address, bytes, size);
  }
  ErrnoOr<std::string> ReadString(uint64_t address, size_t limit) override {
    return call_.String(address, limit, Errno(ENAMETOOLONG));
  }
  absl::StatusOr<std::unique_ptr<Helper>> Spawn(const HelperCommand& command) override {
    return SpawnHelper(call_, command);
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
  FdInstaller install_fd_;
  size_t next_ = 0;
  uint64_t epoch_ = UINT64_MAX;
};

// The call in strace's notation.
std::string DescribeCall(TrappedCall& trap);
// A result of the chain as the guest sees it; failures are reported. nullopt: the kernel's turn.
std::optional<Verdict> FromChain(Call& call, const SyscallResult& result);

}  // namespace umsdk

#endif  // SDK_CORE_CHAIN_CONTEXT_H_
