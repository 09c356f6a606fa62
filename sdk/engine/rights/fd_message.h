// One descriptor in a message: for us, and in the memory of a guest that is made to send or receive.
#ifndef SDK_ENGINE_RIGHTS_FD_MESSAGE_H_
#define SDK_ENGINE_RIGHTS_FD_MESSAGE_H_

#include <sys/socket.h>

#include <cstdint>

#include "sdk/base/errno.h"
#include "sdk/base/unique_fd.h"

namespace umsdk {

// What sendmsg or recvmsg of a guest needs in its memory, as it lies there.
struct GuestMessage {
  msghdr header;
  iovec data;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  char byte;
};

// For a message that will lie at `address` in the guest.
GuestMessage MessageToReceive(uint64_t address);
GuestMessage MessageToSend(uint64_t address, int guest_fd);
// After the guest's recvmsg. EMFILE: there was no room in its table.
ErrnoOr<int> ReceivedNumber(const GuestMessage& message);

// Ours; neither waits.
ErrnoOrOk SendFd(int socket, int fd);
ErrnoOr<UniqueFd> ReceiveFd(int socket);

}  // namespace umsdk

#endif  // SDK_ENGINE_RIGHTS_FD_MESSAGE_H_
