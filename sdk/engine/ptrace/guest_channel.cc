#include "sdk/engine/ptrace/guest_channel.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <utility>

#include "sdk/engine/ptrace/guest_fd.h"
#include "sdk/engine/ptrace/proc_status.h"

namespace umsdk {
namespace {

uint64_t Word(int64_t value) { return static_cast<uint64_t>(value); }

}  // namespace

GuestChannel::~GuestChannel() {
  if (theirs_ >= 0) (void)CloseThere(theirs_);
}

ErrnoOrOk GuestChannel::CloseThere(int number) {
  return injection_.Call(SYS_close, {Word(number)}).error();
}

ErrnoOrOk GuestChannel::Open() {
  if (!MayTakeGuestFds()) return Connect();
  ErrnoOrOk opened = OpenPair();
  if (opened.error() != Errno(EPERM)) return opened;
  (void)CloseThere(theirs_);
  theirs_ = -1;
  return Connect();
}

// The pair's first end is taken out and closed there: it had the lowest number.
ErrnoOrOk GuestChannel::OpenPair() {
  UMSDK_RETURN_IF_ERRNO(injection_.Call(
      SYS_socketpair, {AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, scratch_.address()}));
  int pair[2];
  if (memory_.Read(scratch_.address(), pair, sizeof(pair)) != sizeof(pair)) return Errno(ESRCH);
  freed_ = pair[0];
  theirs_ = pair[1];
  ErrnoOr<UniqueFd> taken = TakeGuestFd(injection_.tid(), pair[0]);
  UMSDK_RETURN_IF_ERRNO(CloseThere(pair[0]));
  if (!taken.ok()) return taken.error();
  ours_ = *std::move(taken);
  return {};
}

ErrnoOrOk GuestChannel::Connect() {
  UMSDK_ASSIGN_OR_ERRNO(const GuestDoor::Address address, door_.Open());
  const uint64_t there = scratch_.address();
  if (memory_.Write(there, &address.name, address.size) != address.size) return Errno(ESRCH);
  UMSDK_ASSIGN_OR_ERRNO(
      const int64_t socket,
      injection_.Call(SYS_socket, {Word(GuestDoor::kDomain), Word(GuestDoor::kType), 0}));
  UMSDK_RETURN_IF_ERRNO(KeepSecondLowest(static_cast<int>(socket)));
  UMSDK_RETURN_IF_ERRNO(injection_.Call(SYS_connect, {Word(theirs_), there, address.size}));
  const auto process = static_cast<pid_t>(ProcStatus(injection_.tid()).Number("Tgid"));
  UMSDK_ASSIGN_OR_ERRNO(ours_, door_.Admit(process));
  return {};
}

ErrnoOrOk GuestChannel::KeepSecondLowest(int socket) {
  ErrnoOr<int64_t> higher = injection_.Call(
      SYS_fcntl, {Word(socket), Word(F_DUPFD_CLOEXEC), Word(socket + 1)});
  UMSDK_RETURN_IF_ERRNO(CloseThere(socket));
  // As from socketpair: the next number is at the limit.
  if (!higher.ok()) return higher.error() == Errno(EINVAL) ? Errno(EMFILE) : higher.error();
  freed_ = socket;
  theirs_ = static_cast<int>(*higher);
  return {};
}

ErrnoOr<int> GuestChannel::Give(int fd, bool close_on_exec) {
  UMSDK_RETURN_IF_ERRNO(SendFd(ours_.get(), fd));
  const uint64_t there = scratch_.address();
  GuestMessage message = MessageToReceive(there);
  if (memory_.Write(there, &message, sizeof(message)) != sizeof(message)) return Errno(ESRCH);
  const uint64_t flags = MSG_DONTWAIT | (close_on_exec ? MSG_CMSG_CLOEXEC : 0);
  UMSDK_RETURN_IF_ERRNO(injection_.Call(SYS_recvmsg, {Word(theirs_), there, flags}));
  if (memory_.Read(there, &message, sizeof(message)) != sizeof(message)) return Errno(ESRCH);
  return ReceivedNumber(message);
}

ErrnoOr<UniqueFd> GuestChannel::Take(int guest_fd) {
  const uint64_t there = scratch_.address();
  const GuestMessage message = MessageToSend(there, guest_fd);
  if (memory_.Write(there, &message, sizeof(message)) != sizeof(message)) return Errno(ESRCH);
  UMSDK_RETURN_IF_ERRNO(
      injection_.Call(SYS_sendmsg, {Word(theirs_), there, MSG_DONTWAIT | MSG_NOSIGNAL}));
  return ReceiveFd(ours_.get());
}

}  // namespace umsdk
