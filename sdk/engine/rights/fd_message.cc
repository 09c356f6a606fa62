#include "sdk/engine/rights/fd_message.h"

#include <cstddef>
#include <cstring>

namespace umsdk {
namespace {

// `message` as it looks to whoever has it at `address`.
void PointTo(GuestMessage& message, uint64_t address) {
  const auto at = [address](size_t offset) { return reinterpret_cast<void*>(address + offset); };
  message = {};
  message.data = {at(offsetof(GuestMessage, byte)), 1};
  message.header.msg_iov = static_cast<iovec*>(at(offsetof(GuestMessage, data)));
  message.header.msg_iovlen = 1;
  message.header.msg_control = at(offsetof(GuestMessage, control));
  message.header.msg_controllen = sizeof(message.control);
}

void PutNumber(GuestMessage& message, int fd) {
  auto* control = reinterpret_cast<cmsghdr*>(message.control);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(message.control + CMSG_LEN(0), &fd, sizeof(fd));
}

uint64_t AddressOf(const GuestMessage& message) { return reinterpret_cast<uint64_t>(&message); }

}  // namespace

GuestMessage MessageToReceive(uint64_t address) {
  GuestMessage message;
  PointTo(message, address);
  return message;
}

GuestMessage MessageToSend(uint64_t address, int guest_fd) {
  GuestMessage message;
  PointTo(message, address);
  PutNumber(message, guest_fd);
  return message;
}

ErrnoOr<int> ReceivedNumber(const GuestMessage& message) {
  if (message.header.msg_controllen < CMSG_LEN(sizeof(int))) return Errno(EMFILE);
  int fd;
  std::memcpy(&fd, message.control + CMSG_LEN(0), sizeof(fd));
  return fd;
}

ErrnoOrOk SendFd(int socket, int fd) {
  GuestMessage message;
  PointTo(message, AddressOf(message));
  PutNumber(message, fd);
  if (::sendmsg(socket, &message.header, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) return LastErrno();
  return {};
}

ErrnoOr<UniqueFd> ReceiveFd(int socket) {
  GuestMessage message;
  PointTo(message, AddressOf(message));
  const ssize_t size = ::recvmsg(socket, &message.header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (size < 0) return LastErrno();
  if (size == 0) return Errno(ECONNRESET);
  UMSDK_ASSIGN_OR_ERRNO(const int fd, ReceivedNumber(message));
  return UniqueFd(fd);
}

}  // namespace umsdk
