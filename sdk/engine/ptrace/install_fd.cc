#include "sdk/engine/ptrace/install_fd.h"

#include <fcntl.h>
#include <sys/syscall.h>

#include <algorithm>
#include <climits>

#include "sdk/base/fd_limit.h"
#include "sdk/engine/ptrace/guest_channel.h"
#include "sdk/engine/ptrace/guest_scratch.h"
#include "sdk/engine/ptrace/reopen_fd.h"

namespace umsdk {
namespace {

// What it takes to reach the guest.
struct Guest {
  Injection& injection;
  GuestMemory& memory;
  const GuestScratch& scratch;
  GuestDoor& door;
};

// Moves descriptor `fd` of the guest to the first free number from min_fd on. Its close drops the
// guest's POSIX locks on the file: who asks for a number means the image of an exec, which ends so.
ErrnoOr<int> MoveUp(Injection& injection, int fd, const InstallRequest& request) {
  const int command = request.close_on_exec ? F_DUPFD_CLOEXEC : F_DUPFD;
  ErrnoOr<int64_t> moved =
      injection.Call(SYS_fcntl, {static_cast<uint64_t>(fd), static_cast<uint64_t>(command),
                                 static_cast<uint64_t>(request.min_fd)});
  (void)injection.Call(SYS_close, {static_cast<uint64_t>(fd)});
  if (moved.ok()) return static_cast<int>(*moved);
  // fcntl(2): EINVAL when the number is beyond RLIMIT_NOFILE.
  return moved.error() == Errno(EINVAL) ? Errno(EMFILE) : moved.error();
}

ErrnoOr<int> InstallOnce(const Guest& guest, const InstallRequest& request, int limit) {
  GuestChannel channel(guest.injection, guest.memory, guest.scratch, guest.door);
  UMSDK_RETURN_IF_ERRNO(channel.Open());
  if (std::max(channel.freed_number(), request.min_fd) >= limit) return Errno(EMFILE);
  ErrnoOr<int> number = channel.Give(request.fd, request.close_on_exec);
  if (!number.ok() || *number >= request.min_fd) return number;
  return MoveUp(guest.injection, *number, request);
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
