// socket; bind, connect and messages to Unix sockets whose names lie in virtual directories.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstring>
#include <optional>

#include "sdk/core/act_as.h"
#include "sdk/core/chain_context.h"
#include "sdk/core/handlers.h"
#include "sdk/core/naming.h"
#include "sdk/core/path_walk.h"
#include "sdk/core/permissions.h"
#include "sdk/core/socket_address.h"
#include "sdk/core/socket_names.h"

namespace umsdk {
namespace {

Verdict BindVirtual(Call& call, const Target& target, int socket, const std::string& given) {
  ErrnoOrOk possible = CheckNewName(call, target, false);
  if (possible.error() == Errno(EEXIST)) return Verdict::Fail(Errno(EADDRINUSE));
  UMSDK_VERDICT_IF_ERRNO(possible);
  mode_t mode = S_IFSOCK | (0777 & ~call.caller().umask);
  UMSDK_ASSIGN_OR_VERDICT(Entry entry, target.parent->fs().MakeNode(call.caller(), target.parent->id(),
                                                                    target.name, mode, 0));
  NodeRef forget(target.mount, entry.node);
  ErrnoOrOk bound = BindNode(call.view().private_dir(), *target.mount, entry.node, socket, given);
  if (!bound.ok()) (void)target.parent->fs().Unlink(call.caller(), target.parent->id(), target.name);
  if (bound.ok()) NoteCreated(call.view(), target, false);
  return ToVerdict(bound);
}

// connect(2) in steps of SO_SNDTIMEO, so that the guest's signals are seen while the backlog is full.
Verdict ConnectPatiently(Call& call, int socket, const sockaddr_un& name) {
  constexpr timeval kStep{0, 20000};
  timeval limit = {};
  socklen_t size = sizeof(limit);
  ::getsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, &size);
  bool nonblocking = (::fcntl(socket, F_GETFL) & O_NONBLOCK) != 0;
  bool forever = limit.tv_sec == 0 && limit.tv_usec == 0;
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(limit.tv_sec) +
             std::chrono::microseconds(limit.tv_usec);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &kStep, sizeof(kStep));
  Verdict verdict = Verdict::Return(0);
  while (::connect(socket, reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0) {
    // The node is there, but its socket is closed.
    verdict = Verdict::Fail(errno == ENOENT ? Errno(ECONNREFUSED) : LastErrno());
    if (errno != EAGAIN || nonblocking || (!forever && std::chrono::steady_clock::now() >= end)) break;
    call.trap().WillBlock();
    verdict = Verdict::Restart();
    if (call.trap().Interrupted()) break;
    verdict = Verdict::Return(0);
  }
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  return verdict;
}

}  // namespace

Verdict HandleSocket(Call& call) {
  std::shared_ptr<const ServiceChain> chain = call.layer().chain();
  if (!chain->claims_sockets()) return Verdict::Continue();
  SocketRequest request{call.int_arg(0), call.int_arg(1), call.int_arg(2)};
  ChainContext context(call, chain->ForSocketFamily(request.family), [&](Service& service, SyscallContext& ctx) {
    return service.OnSocket(ctx, request);
  });
  return FromChain(call, context.Run()).value_or(Verdict::Continue());
}

Verdict HandleBind(Call& call) {
  ErrnoOr<std::optional<std::string>> read = SocketPath(call, call.arg(1), call.arg(2));
  if (!read.ok()) return Verdict::Continue();  // the kernel looks at the socket first
  const std::optional<std::string>& path = *read;
  if (!path.has_value()) return Verdict::Continue();
  UMSDK_ASSIGN_OR_VERDICT(Target target, WalkPath(call, AT_FDCWD, *path, {.follow = false, .slash_follows = false}));
  if (target.native) return Verdict::Continue();
  call.MarkHandled();
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd socket, call.trap().TakeFd(call.int_arg(0)));
  if (target.is_virtual()) return BindVirtual(call, target, socket.get(), *path);
  // With its slash: the kernel says what that means for a new name.
  const std::string real = target.path + (target.trailing_slash ? "/" : "");
  UMSDK_ASSIGN_OR_VERDICT(sockaddr_un name, RealSocketName(real));
  ActAs guest(call.caller());
  int result = ::bind(socket.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name));
  return result == 0 ? Verdict::Return(0) : Verdict::Fail(LastErrno());
}

Verdict HandleConnect(Call& call) {
  ErrnoOr<std::optional<std::string>> path = SocketPath(call, call.arg(1), call.arg(2));
  if (!path.ok()) return Verdict::Continue();  // the kernel looks at the socket first
  UMSDK_ASSIGN_OR_VERDICT(std::optional<sockaddr_un> name, SocketTarget(call, *path));
  if (!name.has_value()) return Verdict::Continue();
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd socket, call.trap().TakeFd(call.int_arg(0)));
  const Caller& caller = call.caller();
  call.view().peers().Note(socket.get(), {call.status().tgid, caller.uid, caller.gid});
  return ConnectPatiently(call, socket.get(), *name);
}

// SO_PEERCRED alone is trapped: where we connected for a guest, it is the guest that counts.
Verdict HandleGetsockopt(Call& call) {
  if (call.int_arg(1) != SOL_SOCKET || call.int_arg(2) != SO_PEERCRED) return Verdict::Continue();
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd socket, call.trap().TakeFd(call.int_arg(0)));
  ucred peer = {};
  socklen_t size = sizeof(peer);
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return Verdict::Continue();
  if (peer.pid != ::getpid()) return Verdict::Continue();
  std::optional<ucred> guest = call.view().peers().PeerOf(socket.get());
  if (!guest.has_value()) return Verdict::Continue();
  call.MarkHandled();
  UMSDK_ASSIGN_OR_VERDICT(int32_t room, call.Load<int32_t>(call.arg(4)));
  if (room < 0) return Verdict::Fail(Errno(EINVAL));
  size = std::min<socklen_t>(static_cast<socklen_t>(room), sizeof(ucred));
  UMSDK_VERDICT_IF_ERRNO(call.Put(call.arg(3), &*guest, size));
  return ToVerdict(call.Store(call.arg(4), static_cast<int32_t>(size)));
}

}  // namespace umsdk
