// GuestChannel: a connection between this process and a guest thread that runs calls of ours.
#ifndef SDK_ENGINE_PTRACE_GUEST_CHANNEL_H_
#define SDK_ENGINE_PTRACE_GUEST_CHANNEL_H_

#include "sdk/base/errno.h"
#include "sdk/base/unique_fd.h"
#include "sdk/engine/ptrace/guest_memory.h"
#include "sdk/engine/ptrace/guest_scratch.h"
#include "sdk/engine/ptrace/injection.h"
#include "sdk/engine/rights/fd_message.h"
#include "sdk/engine/rights/guest_door.h"

namespace umsdk {

// The guest's end lives as long as the channel.
class GuestChannel {
 public:
  // All are borrowed.
  GuestChannel(Injection& injection, GuestMemory& memory, const GuestScratch& scratch,
               GuestDoor& door)
      : injection_(injection), memory_(memory), scratch_(scratch), door_(door) {}
  ~GuestChannel();
  GuestChannel(const GuestChannel&) = delete;
  GuestChannel& operator=(const GuestChannel&) = delete;

  // Leaves the guest's lowest free number free.
  ErrnoOrOk Open();
  // The guest receives `fd` of ours; the number.
  ErrnoOr<int> Give(int fd, bool close_on_exec);
  // The guest sends its descriptor.
  ErrnoOr<UniqueFd> Take(int guest_fd);

  int theirs() const { return theirs_; }
  int freed_number() const { return freed_; }  // the lowest free one

 private:
  static_assert(sizeof(GuestMessage) <= GuestScratch::kSize);

  ErrnoOrOk OpenPair();
  ErrnoOrOk Connect();
  ErrnoOrOk KeepSecondLowest(int socket);
  ErrnoOrOk CloseThere(int number);

  Injection& injection_;
  GuestMemory& memory_;
  const GuestScratch& scratch_;
  GuestDoor& door_;
  UniqueFd ours_;
  int theirs_ = -1;
  int freed_ = -1;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_GUEST_CHANNEL_H_
