#include "sdk/engine/ptrace/install_fd.h"

#include <fcntl.h>
#include <sys/syscall.h>

#include <climits>
#include <vector>

#include "sdk/engine/ptrace/guest_channel.h"
#include "sdk/engine/ptrace/guest_scratch.h"
#include "sdk/engine/ptrace/reopen_fd.h"
#include "sdk/engine/rights/fd_limit.h"

namespace umsdk {
namespace {

// Occupies the free numbers below `min_fd`, so that the next one allocated is at least that. (To
// receive lower and dup would close a descriptor of the file: that drops the guest's POSIX locks.)
class LowNumbersTaken {
 public:
  explicit LowNumbersTaken(Injection& injection) : injection_(injection) {}
  ~LowNumbersTaken() {
    for (int fd : taken_) (void)injection_.Call(SYS_close, {static_cast<uint64_t>(fd)});
  }
  // The number that will be the next. `any_fd`: what may be duplicated for the purpose.
  ErrnoOr<int> TakeBelow(int min_fd, int any_fd) {
    while (true) {
      ErrnoOr<int64_t> fd = injection_.Call(
          SYS_fcntl, {static_cast<uint64_t>(any_fd), static_cast<uint64_t>(F_DUPFD_CLOEXEC), 0});
      if (!fd.ok()) return fd.error();
      if (*fd < min_fd) {
        taken_.push_back(static_cast<int>(*fd));
        continue;
      }
      UMSDK_RETURN_IF_ERRNO(injection_.Call(SYS_close, {static_cast<uint64_t>(*fd)}));
      return static_cast<int>(*fd);
    }
  }

 private:
  Injection& injection_;
  std::vector<int> taken_;
};

// What it takes to reach the guest.
struct Guest {
  Injection& injection;
  GuestMemory& memory;
  const GuestScratch& scratch;
  GuestDoor& door;
};

ErrnoOr<int> InstallOnce(const Guest& guest, const InstallRequest& request, int limit) {
  GuestChannel channel(guest.injection, guest.memory, guest.scratch, guest.door);
  UMSDK_RETURN_IF_ERRNO(channel.Open());
  int number = channel.freed_number();
  LowNumbersTaken low(guest.injection);
  if (number < request.min_fd) {
    UMSDK_ASSIGN_OR_ERRNO(number, low.TakeBelow(request.min_fd, channel.theirs()));
  }
  if (number >= limit) return Errno(EMFILE);
  return channel.Give(request.fd, request.close_on_exec);
}

ErrnoOr<UniqueFd> TakeOnce(const Guest& guest, int guest_fd) {
  GuestChannel channel(guest.injection, guest.memory, guest.scratch, guest.door);
  UMSDK_RETURN_IF_ERRNO(channel.Open());
  return channel.Take(guest_fd);
}

}  // namespace

ErrnoOr<int> InstallFdInGuest(Injection& injection, GuestMemory& memory, GuestDoor& door,
                              const InstallRequest& request) {
  GuestScratch scratch(injection, memory);
  if (!scratch.valid()) return Errno(ENOMEM);
  const Guest guest = {injection, memory, scratch, door};
  ErrnoOr<int> fd = InstallOnce(guest, request, INT_MAX);
  if (fd.ok() || fd.error() != Errno(EMFILE)) return fd;
  FdLimitRaised limit(injection.tid());
  if (limit.raised()) return InstallOnce(guest, request, limit.limit());
  return ReopenInGuest(injection, memory, scratch, request);
}

ErrnoOr<UniqueFd> HaveFdSent(Injection& injection, GuestMemory& memory, GuestDoor& door,
                             int guest_fd) {
  GuestScratch scratch(injection, memory);
  if (!scratch.valid()) return Errno(ENOMEM);
  const Guest guest = {injection, memory, scratch, door};
  ErrnoOr<UniqueFd> fd = TakeOnce(guest, guest_fd);
  if (fd.ok() || fd.error() != Errno(EMFILE)) return fd;
  FdLimitRaised limit(injection.tid());
  return limit.raised() ? TakeOnce(guest, guest_fd) : std::move(fd);
}

}  // namespace umsdk
