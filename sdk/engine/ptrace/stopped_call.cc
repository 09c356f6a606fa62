#include "sdk/engine/ptrace/stopped_call.h"

#include <utility>

#include "sdk/engine/ptrace/guest_fd.h"
#include "sdk/engine/ptrace/pending_signals.h"

namespace umsdk {

StoppedCall::StoppedCall(CallSlot& slot, Mailbox& mailbox, bool vectored_memory)
    : TrappedCall(slot.info().tid, slot.info().number, slot.info().args),
      slot_(slot),
      mailbox_(mailbox),
      memory_(slot.info().tid, vectored_memory) {}

size_t StoppedCall::ReadMemory(uint64_t address, void* out, size_t size) {
  return slot_.gone ? 0 : memory_.Read(address, out, size);
}

size_t StoppedCall::WriteMemory(uint64_t address, const void* bytes, size_t size) {
  return slot_.gone ? 0 : memory_.Write(address, bytes, size);
}

bool StoppedCall::PokeMemory(uint64_t address, const void* bytes, size_t size) {
  return !slot_.gone && memory_.Poke(address, bytes, size);
}

ErrnoOr<int> StoppedCall::Ask(const GuestRequest& request) {
  if (slot_.gone) return Errno(ESRCH);
  if (slot_.Ask(request)) mailbox_.PutSlot(&slot_);
  slot_.AwaitAnswer();
  const int result = slot_.request().result;
  if (result < 0) return Errno(-result);
  return result;
}

ErrnoOr<int> StoppedCall::InstallFd(int fd, bool close_on_exec, int min_fd) {
  GuestRequest request;
  request.install = {fd, close_on_exec, min_fd};
  return Ask(request);
}

ErrnoOrOk StoppedCall::RunAsGuest(std::span<GuestCall> calls) {
  if (calls.empty()) return {};
  GuestRequest request;
  request.kind = GuestRequest::Kind::kCalls;
  request.calls = calls;
  return Ask(request).error();
}

ErrnoOrOk StoppedCall::ReplaceCall(Replacement replacement) {
  slot_.replacement() = std::move(replacement);
  return {};
}

ErrnoOr<UniqueFd> StoppedCall::TakeFd(int guest_fd) {
  if (slot_.gone) return Errno(ESRCH);
  ErrnoOr<UniqueFd> taken = TakeGuestFd(tid(), guest_fd);
  if (taken.error() != Errno(EPERM) && taken.error() != Errno(ENOSYS)) return taken;
  GuestRequest request;
  request.kind = GuestRequest::Kind::kTake;
  request.take = guest_fd;
  UMSDK_ASSIGN_OR_ERRNO(const int fd, Ask(request));
  return UniqueFd(fd);
}

bool StoppedCall::Interrupted() {
  return slot_.gone || slot_.process_stops || HasSignalToDeliver(tid());
}

}  // namespace umsdk
