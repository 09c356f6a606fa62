// sendto, sendmsg and sendmmsg with the name of a virtual socket.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "sdk/core/handlers.h"
#include "sdk/core/iovec_copy.h"
#include "sdk/core/socket_address.h"

namespace umsdk {
namespace {

constexpr uint64_t kMaxMessage = uint64_t{16} << 20;  // more than any socket buffer
constexpr uint64_t kMaxControl = 65536;

struct Message {
  std::vector<char> data;
  std::vector<char> control;
  std::vector<UniqueFd> rights;  // our duplicates of the descriptors in `control`
  int flags = 0;
};

// The guest's descriptor numbers in SCM_RIGHTS become ours.
ErrnoOrOk TakeRights(Call& call, msghdr& header, Message& message) {
  for (cmsghdr* at = CMSG_FIRSTHDR(&header); at != nullptr; at = CMSG_NXTHDR(&header, at)) {
    size_t end = static_cast<size_t>(reinterpret_cast<char*>(at) - message.control.data()) + at->cmsg_len;
    if (at->cmsg_len < CMSG_LEN(0) || end > message.control.size()) return Errno(EINVAL);
    if (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_RIGHTS) continue;
    for (size_t i = 0; i < (at->cmsg_len - CMSG_LEN(0)) / sizeof(int); ++i) {
      int number;
      std::memcpy(&number, CMSG_DATA(at) + i * sizeof(int), sizeof(int));
      UMSDK_ASSIGN_OR_ERRNO(UniqueFd fd, call.trap().TakeFd(number));
      number = fd.get();
      std::memcpy(CMSG_DATA(at) + i * sizeof(int), &number, sizeof(int));
      message.rights.push_back(std::move(fd));
    }
  }
  return {};
}

Verdict Send(Call& call, sockaddr_un name, Message message) {
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd socket, call.trap().TakeFd(call.int_arg(0)));
  iovec part{message.data.data(), message.data.size()};
  msghdr header = {};
  header.msg_name = &name;
  header.msg_namelen = sizeof(name);
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = message.control.empty() ? nullptr : message.control.data();
  header.msg_controllen = message.control.size();
  UMSDK_VERDICT_IF_ERRNO(TakeRights(call, header, message));
  bool waits = (message.flags & MSG_DONTWAIT) == 0 && (::fcntl(socket.get(), F_GETFL) & O_NONBLOCK) == 0;
  ssize_t count;
  // A full queue of the receiver is not told by poll: asked again and again.
  constexpr int kStepMs = 5;
  while ((count = ::sendmsg(socket.get(), &header, message.flags | MSG_DONTWAIT | MSG_NOSIGNAL)) < 0 &&
         errno == EAGAIN && waits) {
    call.trap().WillBlock();
    if (call.trap().Interrupted()) return Verdict::Restart();
    ::poll(nullptr, 0, kStepMs);
  }
  if (count >= 0) return Verdict::Return(count);
  Errno error = errno == ENOENT ? Errno(ECONNREFUSED) : LastErrno();
  if (error == Errno(EPIPE) && (message.flags & MSG_NOSIGNAL) == 0) {
    ::syscall(SYS_tgkill, call.status().tgid, call.tid(), SIGPIPE);
  }
  return Verdict::Fail(error);
}

ErrnoOr<Message> TakeMessage(Call& call, ErrnoOr<GuestBuffers> buffers, int flags) {
  if (!buffers.ok()) return buffers.error();
  if (buffers->size() > kMaxMessage) return Errno(EMSGSIZE);
  Message message;
  message.flags = flags;
  message.data.resize(buffers->size());
  if (buffers->Gather(call, message.data) != message.data.size()) return Errno(EFAULT);
  return message;
}

// One guest msghdr; nullopt when its name is nothing of ours.
ErrnoOr<std::optional<Verdict>> SendHeader(Call& call, uint64_t address, int flags) {
  UMSDK_ASSIGN_OR_ERRNO(msghdr header, call.Load<msghdr>(address));
  if (header.msg_name == nullptr) return std::optional<Verdict>();
  UMSDK_ASSIGN_OR_ERRNO(std::optional<std::string> path,
                        SocketPath(call, reinterpret_cast<uint64_t>(header.msg_name), header.msg_namelen));
  UMSDK_ASSIGN_OR_ERRNO(std::optional<sockaddr_un> name, SocketTarget(call, path));
  if (!name.has_value()) return std::optional<Verdict>();
  auto parts = reinterpret_cast<uint64_t>(header.msg_iov);
  UMSDK_ASSIGN_OR_ERRNO(Message message,
                        TakeMessage(call, GuestBuffers::Vector(call, parts, header.msg_iovlen), flags));
  if (header.msg_controllen > kMaxControl) return Errno(ENOBUFS);
  message.control.resize(header.msg_controllen);
  UMSDK_RETURN_IF_ERRNO(call.Get(reinterpret_cast<uint64_t>(header.msg_control), message.control.data(),
                                 message.control.size()));
  return std::optional<Verdict>(Send(call, *name, std::move(message)));
}

}  // namespace

Verdict HandleSendto(Call& call) {
  UMSDK_ASSIGN_OR_VERDICT(std::optional<std::string> path, SocketPath(call, call.arg(4), call.arg(5)));
  UMSDK_ASSIGN_OR_VERDICT(std::optional<sockaddr_un> name, SocketTarget(call, path));
  if (!name.has_value()) return Verdict::Continue();
  UMSDK_ASSIGN_OR_VERDICT(GuestBuffers bytes, GuestBuffers::One(call.arg(1), call.arg(2)));
  UMSDK_ASSIGN_OR_VERDICT(Message message, TakeMessage(call, std::move(bytes), call.int_arg(3)));
  return Send(call, *name, std::move(message));
}

Verdict HandleSendmsg(Call& call) {
  UMSDK_ASSIGN_OR_VERDICT(std::optional<Verdict> verdict, SendHeader(call, call.arg(1), call.int_arg(2)));
  return verdict.value_or(Verdict::Continue());
}

// Where the first message goes to a virtual socket, only that one is sent: a short count is allowed.
Verdict HandleSendmmsg(Call& call) {
  if (call.arg(2) == 0) return Verdict::Continue();
  UMSDK_ASSIGN_OR_VERDICT(std::optional<Verdict> verdict, SendHeader(call, call.arg(1), call.int_arg(3)));
  if (!verdict.has_value() || verdict->value() < 0) return verdict.value_or(Verdict::Continue());
  auto sent = static_cast<uint32_t>(verdict->value());
  UMSDK_VERDICT_IF_ERRNO(call.Store(call.arg(1) + offsetof(mmsghdr, msg_len), sent));
  return Verdict::Return(1);
}

}  // namespace umsdk
