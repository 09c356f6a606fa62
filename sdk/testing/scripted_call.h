// ScriptedCall: a system call that this very thread would make, for a CallHandler. Tests override what
// is to go another way.
#ifndef SDK_TESTING_SCRIPTED_CALL_H_
#define SDK_TESTING_SCRIPTED_CALL_H_

#include <array>
#include <cstdint>

#include "sdk/engine/engine.h"

namespace umsdk::testing {

// Not thread-safe: the thread's that made it.
class ScriptedCall : public TrappedCall {
 public:
  ScriptedCall(int64_t number, const std::array<uint64_t, 6>& args);
  size_t ReadMemory(uint64_t address, void* out, size_t size) override;
  size_t WriteMemory(uint64_t address, const void* bytes, size_t size) override;
  bool PokeMemory(uint64_t, const void*, size_t) override { return false; }
  ErrnoOr<int> InstallFd(int fd, bool close_on_exec, int min_fd) override;
  ErrnoOr<UniqueFd> TakeFd(int fd) override;
  ErrnoOrOk RunAsGuest(std::span<GuestCall> calls) override;
  bool StillThere() override { return true; }
  bool Interrupted() override { return false; }
  void WillBlock() override {}
};

}  // namespace umsdk::testing

#endif  // SDK_TESTING_SCRIPTED_CALL_H_
