#include "sdk/engine/launch/warden_socket.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>

#include "sdk/engine/launch/raw_syscall.h"

namespace umsdk {

long SendReport(int socket, const WardenReport& report, const int* fds, int count) {
  iovec data = {const_cast<WardenReport*>(&report), sizeof(report)};
  alignas(cmsghdr) char control[CMSG_SPACE(4 * sizeof(int))] = {};
  msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (count > 0 && count <= 4) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    auto* numbers = reinterpret_cast<int*>(CMSG_DATA(header));
    for (int i = 0; i < count; ++i) numbers[i] = fds[i];
  }
  const long sent = RawSyscall(SYS_sendmsg, socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent < 0 ? sent : 0;
}

bool ReceiveOrder(int socket, WardenOrder* order, bool* closed) {
  const long size =
      RawSyscall(SYS_recvfrom, socket, order, sizeof(*order), MSG_DONTWAIT, nullptr, nullptr);
  if (size == sizeof(*order)) return true;
  *closed = size != -EAGAIN && size != -EINTR;
  return false;
}

}  // namespace umsdk
