#include "sdk/engine/ptrace/install_fd.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <algorithm>
#include <climits>
#include <cstring>
#include <vector>

#include "sdk/engine/ptrace/guest_fd.h"
#include "sdk/engine/ptrace/guest_scratch.h"

namespace umsdk {
namespace {

// A socket pair in the guest, one end of which is only ours after Open().
class GuestChannel {
 public:
  GuestChannel(Injection& injection, GuestMemory& memory, const GuestScratch& scratch)
      : injection_(injection), memory_(memory), scratch_(scratch) {}
  ~GuestChannel() {
    if (theirs_ >= 0) (void)injection_.Call(SYS_close, {static_cast<uint64_t>(theirs_)});
  }
  GuestChannel(const GuestChannel&) = delete;
  GuestChannel& operator=(const GuestChannel&) = delete;

  // Leaves the lowest free number free again: the pair's first end is taken out and closed there.
  ErrnoOrOk Open();
  ErrnoOrOk Send(int fd);
  ErrnoOr<int> Receive(bool close_on_exec);
  int theirs() const { return theirs_; }
  int freed_number() const { return freed_; }  // the lowest free one

 private:
  // What recvmsg needs in the guest.
  struct Message {
    msghdr header;
    iovec data;
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    char byte;
  };
  static_assert(sizeof(Message) <= GuestScratch::kSize);

  Injection& injection_;
  GuestMemory& memory_;
  const GuestScratch& scratch_;
  UniqueFd ours_;
  int theirs_ = -1;
  int freed_ = -1;
};

ErrnoOrOk GuestChannel::Open() {
  UMSDK_RETURN_IF_ERRNO(injection_.Call(
      SYS_socketpair, {AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, scratch_.address()}));
  int pair[2];
  if (memory_.Read(scratch_.address(), pair, sizeof(pair)) != sizeof(pair)) return Errno(ESRCH);
  freed_ = pair[0];
  theirs_ = pair[1];
  ErrnoOr<UniqueFd> taken = TakeGuestFd(injection_.tid(), pair[0]);
  UMSDK_RETURN_IF_ERRNO(injection_.Call(SYS_close, {static_cast<uint64_t>(pair[0])}));
  if (!taken.ok()) return taken.error();
  ours_ = *std::move(taken);
  return {};
}

ErrnoOrOk GuestChannel::Send(int fd) {
  Message message = {};
  message.data = {&message.byte, 1};
  message.header.msg_iov = &message.data;
  message.header.msg_iovlen = 1;
  message.header.msg_control = message.control;
  message.header.msg_controllen = sizeof(message.control);
  cmsghdr* control = CMSG_FIRSTHDR(&message.header);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(control), &fd, sizeof(fd));
  if (::sendmsg(ours_.get(), &message.header, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) return LastErrno();
  return {};
}

ErrnoOr<int> GuestChannel::Receive(bool close_on_exec) {
  const uint64_t there = scratch_.address();
  auto at = [there](size_t offset) { return reinterpret_cast<void*>(there + offset); };
  Message message = {};
  message.data = {at(offsetof(Message, byte)), 1};
  message.header.msg_iov = static_cast<iovec*>(at(offsetof(Message, data)));
  message.header.msg_iovlen = 1;
  message.header.msg_control = at(offsetof(Message, control));
  message.header.msg_controllen = sizeof(message.control);
  if (memory_.Write(there, &message, sizeof(message)) != sizeof(message)) return Errno(ESRCH);
  const uint64_t flags = MSG_DONTWAIT | (close_on_exec ? MSG_CMSG_CLOEXEC : 0);
  UMSDK_RETURN_IF_ERRNO(
      injection_.Call(SYS_recvmsg, {static_cast<uint64_t>(theirs_), there, flags}));
  if (memory_.Read(there, &message, sizeof(message)) != sizeof(message)) return Errno(ESRCH);
  // No room in the table: the message comes without what it carried.
  if (message.header.msg_controllen < CMSG_LEN(sizeof(int))) return Errno(EMFILE);
  int fd;
  std::memcpy(&fd, message.control + CMSG_LEN(0), sizeof(fd));
  return fd;
}

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

// The guest's limit, a little higher for a moment: the socket pair needs two numbers where the guest
// may have one left. Where we may not raise it (soft limit at the hard one, no CAP_SYS_RESOURCE),
// the guest gets EMFILE one descriptor early.
class FdLimitRaised {
 public:
  explicit FdLimitRaised(pid_t tid) : tid_(tid) {
    if (::prlimit(tid, RLIMIT_NOFILE, nullptr, &before_) != 0) return;
    rlimit higher = {before_.rlim_cur + 2, std::max(before_.rlim_max, before_.rlim_cur + 2)};
    raised_ = ::prlimit(tid, RLIMIT_NOFILE, &higher, nullptr) == 0;
  }
  ~FdLimitRaised() {
    if (raised_) ::prlimit(tid_, RLIMIT_NOFILE, &before_, nullptr);
  }
  FdLimitRaised(const FdLimitRaised&) = delete;
  FdLimitRaised& operator=(const FdLimitRaised&) = delete;

  bool raised() const { return raised_; }
  int limit() const { return static_cast<int>(before_.rlim_cur); }

 private:
  const pid_t tid_;
  rlimit before_ = {};
  bool raised_ = false;
};

ErrnoOr<int> InstallOnce(Injection& injection, GuestMemory& memory, const GuestScratch& scratch,
                         const InstallRequest& request, int limit) {
  GuestChannel channel(injection, memory, scratch);
  UMSDK_RETURN_IF_ERRNO(channel.Open());
  int number = channel.freed_number();
  LowNumbersTaken low(injection);
  if (number < request.min_fd) {
    UMSDK_ASSIGN_OR_ERRNO(number, low.TakeBelow(request.min_fd, channel.theirs()));
  }
  if (number >= limit) return Errno(EMFILE);
  UMSDK_RETURN_IF_ERRNO(channel.Send(request.fd));
  return channel.Receive(request.close_on_exec);
}

}  // namespace

ErrnoOr<int> InstallFdInGuest(Injection& injection, GuestMemory& memory,
                              const InstallRequest& request) {
  GuestScratch scratch(injection, memory);
  if (!scratch.valid()) return Errno(ENOMEM);
  ErrnoOr<int> fd = InstallOnce(injection, memory, scratch, request, INT_MAX);
  if (fd.ok() || fd.error() != Errno(EMFILE)) return fd;
  FdLimitRaised limit(injection.tid());
  if (!limit.raised()) return Errno(EMFILE);
  return InstallOnce(injection, memory, scratch, request, limit.limit());
}

}  // namespace umsdk
