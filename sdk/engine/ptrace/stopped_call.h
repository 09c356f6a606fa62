// StoppedCall: the TrappedCall of the ptrace engine, used by a worker during Handle.
#ifndef SDK_ENGINE_PTRACE_STOPPED_CALL_H_
#define SDK_ENGINE_PTRACE_STOPPED_CALL_H_

#include "sdk/engine/engine.h"
#include "sdk/engine/ptrace/call_slot.h"
#include "sdk/engine/ptrace/guest_memory.h"
#include "sdk/engine/ptrace/mailbox.h"

namespace umsdk {

class StoppedCall final : public TrappedCall {
 public:
  StoppedCall(CallSlot& slot, Mailbox& mailbox, bool vectored_memory);

  size_t ReadMemory(uint64_t address, void* out, size_t size) override;
  size_t WriteMemory(uint64_t address, const void* bytes, size_t size) override;
  bool PokeMemory(uint64_t address, const void* bytes, size_t size) override;
  ErrnoOr<int> InstallFd(int fd, bool close_on_exec, int min_fd) override;
  ErrnoOr<UniqueFd> TakeFd(int guest_fd) override;
  ErrnoOrOk RunAsGuest(std::span<GuestCall> calls) override;
  ErrnoOrOk ReplaceCall(Replacement replacement) override;
  bool StillThere() override { return !slot_.gone; }
  bool Interrupted() override;
  void WillBlock() override { slot_.Detach(); }

 private:
  ErrnoOr<int> Ask(const GuestRequest& request);

  CallSlot& slot_;
  Mailbox& mailbox_;
  GuestMemory memory_;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_STOPPED_CALL_H_
