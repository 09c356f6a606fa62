// HostCall: a TrappedCall that no guest made, for what the host asks of its own view. The caller is
// this very process: its root, its identity. Not part of the public API.
#ifndef UMSDK_HOST_CALL_H_
#define UMSDK_HOST_CALL_H_

#include <sys/syscall.h>
#include <unistd.h>

#include "sdk/engine/engine.h"

namespace umsdk {

class HostCall final : public TrappedCall {
 public:
  HostCall() : TrappedCall(static_cast<pid_t>(::syscall(SYS_gettid)), SYS_mount, {}) {}
  size_t ReadMemory(uint64_t, void*, size_t) override { return 0; }
  size_t WriteMemory(uint64_t, const void*, size_t) override { return 0; }
  bool PokeMemory(uint64_t, const void*, size_t) override { return false; }
  ErrnoOr<int> InstallFd(int, bool, int) override { return Errno(EBADF); }
  ErrnoOr<UniqueFd> TakeFd(int) override { return Errno(EBADF); }
  ErrnoOrOk RunAsGuest(std::span<GuestCall>) override { return Errno(EPERM); }
  bool StillThere() override { return true; }
  bool Interrupted() override { return false; }
  void WillBlock() override {}
};

}  // namespace umsdk

#endif  // UMSDK_HOST_CALL_H_
