#include "sdk/engine/notify/fd_errand.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include <cerrno>
#include <optional>

#include "sdk/base/fd_limit.h"
#include "sdk/engine/notify/thread_status.h"
#include "sdk/engine/rights/fd_message.h"

namespace umsdk {
namespace {

using GuestCall = TrappedCall::GuestCall;

constexpr uint64_t kPage = 4096;

template <typename T>
uint64_t Word(T value) {
  return static_cast<uint64_t>(value);
}

ErrnoOr<uint64_t> RunOne(TrappedCall& call, GuestCall guest_call) {
  UMSDK_RETURN_IF_ERRNO(call.RunAsGuest({&guest_call, 1}));
  const int64_t result = guest_call.result;
  if (result < 0 && result >= -4095) return Errno(static_cast<int>(-result));
  return Word(result);
}

// A page in the guest: its stack may have no room, and other threads may use what lies below.
class GuestPage {
 public:
  static ErrnoOr<uint64_t> Map(TrappedCall& call) {
    return RunOne(call, {SYS_mmap, {0, kPage, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS, ~uint64_t{0}, 0}});
  }
  GuestPage(TrappedCall& call, uint64_t address) : call_(call), address_(address) {}
  ~GuestPage() { (void)RunOne(call_, {SYS_munmap, {address_, kPage}}); }
  GuestPage(const GuestPage&) = delete;
  GuestPage& operator=(const GuestPage&) = delete;

  template <typename T>
  ErrnoOrOk Put(uint64_t offset, const T& value) {
    const bool done = call_.WriteMemory(address_ + offset, &value, sizeof(value)) == sizeof(value);
    return done ? ErrnoOrOk() : Errno(ESRCH);
  }
  uint64_t address() const { return address_; }

 private:
  TrappedCall& call_;
  const uint64_t address_;
};

ErrnoOr<uint64_t> OpenSocket(TrappedCall& call, std::optional<FdLimitRaised>& limit) {
  const GuestCall open = {SYS_socket, {Word(GuestDoor::kDomain), Word(GuestDoor::kType), 0}};
  ErrnoOr<uint64_t> socket = RunOne(call, open);
  if (socket.ok() || socket.error() != Errno(EMFILE)) return socket;
  limit.emplace(call.tid());
  return limit->raised() ? RunOne(call, open) : socket;
}

}  // namespace

ErrnoOr<UniqueFd> TakeFdByErrand(TrappedCall& call, GuestDoor& door, int guest_fd) {
  constexpr uint64_t kMessageAt = kPage / 2;
  UMSDK_ASSIGN_OR_ERRNO(const GuestDoor::Address address, door.Open());
  UMSDK_ASSIGN_OR_ERRNO(const uint64_t memory, GuestPage::Map(call));
  GuestPage page(call, memory);
  UMSDK_RETURN_IF_ERRNO(page.Put(0, address.name));
  UMSDK_RETURN_IF_ERRNO(page.Put(kMessageAt, MessageToSend(memory + kMessageAt, guest_fd)));
  std::optional<FdLimitRaised> limit;
  UMSDK_ASSIGN_OR_ERRNO(const uint64_t socket, OpenSocket(call, limit));
  GuestCall calls[] = {
      {SYS_connect, {socket, memory, address.size}},
      {SYS_sendmsg, {socket, memory + kMessageAt, MSG_DONTWAIT | MSG_NOSIGNAL}},
      {SYS_close, {socket}},
  };
  UMSDK_RETURN_IF_ERRNO(call.RunAsGuest(calls));
  for (int i = 0; i < 2; ++i) {
    if (calls[i].result < 0) return Errno(static_cast<int>(-calls[i].result));
  }
  const std::optional<ThreadStatus> status = ReadThreadStatus(call.tid());
  if (!status) return Errno(ESRCH);
  UMSDK_ASSIGN_OR_ERRNO(const UniqueFd connection, door.Admit(status->process));
  return ReceiveFd(connection.get());
}

}  // namespace umsdk
