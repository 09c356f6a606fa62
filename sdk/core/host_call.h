// HostCall: a TrappedCall that no guest waits in, for walks that the host itself makes.
#ifndef SDK_CORE_HOST_CALL_H_
#define SDK_CORE_HOST_CALL_H_

#include <sys/syscall.h>
#include <unistd.h>

#include "sdk/engine/engine.h"

namespace umsdk {

class HostCall final : public TrappedCall {
 public:
  // The caller is this very thread: its root, its identity.
  HostCall() : HostCall(static_cast<pid_t>(::syscall(SYS_gettid))) {}
  // In the place of the guest thread `tid`.
  explicit HostCall(pid_t tid) : TrappedCall(tid, SYS_mount, {}) {}
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

#endif  // SDK_CORE_HOST_CALL_H_
