// socket, and Unix sockets whose names lie in virtual directories; inotify on virtual files.
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <optional>

#include "sdk/core/act_as.h"
#include "sdk/core/chain_context.h"
#include "sdk/core/handlers.h"
#include "sdk/core/naming.h"
#include "sdk/core/opening.h"
#include "sdk/core/path_walk.h"
#include "sdk/core/permissions.h"
#include "sdk/core/virtual_dir.h"

namespace umsdk {
namespace {

// The path of a Unix socket address; nullopt for other families, abstract and unnamed addresses.
ErrnoOr<std::optional<std::string>> SocketPath(Call& call, uint64_t address, uint64_t size) {
  sockaddr_un name = {};
  constexpr size_t kPathAt = offsetof(sockaddr_un, sun_path);
  if (size <= kPathAt || size > sizeof(name)) return std::optional<std::string>();
  UMSDK_RETURN_IF_ERRNO(call.Get(address, &name, size));
  if (name.sun_family != AF_UNIX || name.sun_path[0] == '\0') return std::optional<std::string>();
  return std::optional<std::string>(std::string(name.sun_path, ::strnlen(name.sun_path, size - kPathAt)));
}

// The real socket that stands for a virtual node.
sockaddr_un PrivateName(View& view, const Mount& mount, NodeId node) {
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  std::string path = "/proc/self/fd/" + std::to_string(view.private_dir()) + "/s" +
                     std::to_string(mount.dev & 0xfffff) + "-" + std::to_string(node);
  path.copy(name.sun_path, sizeof(name.sun_path) - 1);
  return name;
}

sockaddr_un RealName(const std::string& path) {
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  path.copy(name.sun_path, sizeof(name.sun_path) - 1);
  return name;
}

Verdict BindVirtual(Call& call, const Target& target, int socket) {
  ErrnoOrOk possible = CheckNewName(call, target, false);
  if (possible.error() == Errno(EEXIST)) return Verdict::Fail(Errno(EADDRINUSE));
  UMSDK_VERDICT_IF_ERRNO(possible);
  mode_t mode = S_IFSOCK | (0777 & ~call.caller().umask);
  UMSDK_ASSIGN_OR_VERDICT(Entry entry, target.parent->fs().MakeNode(call.caller(), target.parent->id(),
                                                                    target.name, mode, 0));
  NodeRef forget(target.mount, entry.node);
  sockaddr_un name = PrivateName(call.view(), *target.mount, entry.node);
  if (::bind(socket, reinterpret_cast<sockaddr*>(&name), sizeof(name)) == 0) return Verdict::Return(0);
  Errno error = LastErrno();
  (void)target.parent->fs().Unlink(call.caller(), target.parent->id(), target.name);
  return Verdict::Fail(error);
}

}  // namespace

Verdict HandleSocket(Call& call) {
  std::shared_ptr<const ServiceChain> chain = call.view().chain();
  if (!chain->claims_sockets()) return Verdict::Continue();
  SocketRequest request{call.int_arg(0), call.int_arg(1), call.int_arg(2)};
  ChainContext context(call, chain->ForSocketFamily(request.family), [&](Service& service, SyscallContext& ctx) {
    return service.OnSocket(ctx, request);
  });
  return FromChain(call, context.Run()).value_or(Verdict::Continue());
}

Verdict HandleBind(Call& call) {
  UMSDK_ASSIGN_OR_VERDICT(std::optional<std::string> path, SocketPath(call, call.arg(1), call.arg(2)));
  if (!path.has_value()) return Verdict::Continue();
  UMSDK_ASSIGN_OR_VERDICT(Target target, WalkPath(call, AT_FDCWD, *path, {.follow = false}));
  if (target.native) return Verdict::Continue();
  call.MarkHandled();
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd socket, call.trap().TakeFd(call.int_arg(0)));
  if (target.is_virtual()) return BindVirtual(call, target, socket.get());
  if (target.path.size() >= sizeof(sockaddr_un::sun_path)) return Verdict::Fail(Errno(ENAMETOOLONG));
  ActAs guest(call.caller());
  sockaddr_un name = RealName(target.path);
  int result = ::bind(socket.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name));
  return result == 0 ? Verdict::Return(0) : Verdict::Fail(LastErrno());
}

Verdict HandleConnect(Call& call) {
  UMSDK_ASSIGN_OR_VERDICT(std::optional<std::string> path, SocketPath(call, call.arg(1), call.arg(2)));
  if (!path.has_value()) return Verdict::Continue();
  UMSDK_ASSIGN_OR_VERDICT(Target target, WalkPath(call, AT_FDCWD, *path, {}));
  if (target.native) return Verdict::Continue();
  call.MarkHandled();
  if (!target.exists) return Verdict::Fail(Errno(ENOENT));
  if (target.is_virtual()) {
    if (!S_ISSOCK(target.attr.mode) || !target.mount) return Verdict::Fail(Errno(ECONNREFUSED));
    UMSDK_VERDICT_IF_ERRNO(CheckAccess(call, *target.mount, target.attr, W_OK));
  } else if (target.path.size() >= sizeof(sockaddr_un::sun_path)) {
    return Verdict::Fail(Errno(ENAMETOOLONG));
  }
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd socket, call.trap().TakeFd(call.int_arg(0)));
  sockaddr_un name = target.is_virtual() ? PrivateName(call.view(), *target.mount, target.node->id())
                                         : RealName(target.path);
  call.trap().WillBlock();
  int result = ::connect(socket.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name));
  if (result == 0) return Verdict::Return(0);
  return Verdict::Fail(errno == ENOENT ? Errno(ECONNREFUSED) : LastErrno());
}

// The watch is put on the memfd of the file: what the view writes into it is seen. (Directories are
// accepted, but their placeholder shows no events: docs/differences.md.)
Verdict HandleInotifyAddWatch(Call& call) {
  auto mask = static_cast<uint32_t>(call.arg(2));
  UMSDK_ASSIGN_OR_VERDICT(std::string path, call.Path(call.arg(1)));
  UMSDK_ASSIGN_OR_VERDICT(Target target, WalkPath(call, AT_FDCWD, path, {.follow = (mask & IN_DONT_FOLLOW) == 0}));
  if (target.native) return Verdict::Continue();
  call.MarkHandled();
  if (!target.exists) return Verdict::Fail(Errno(ENOENT));
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd inotify, call.trap().TakeFd(call.int_arg(0)));
  std::string real = target.path;
  std::shared_ptr<VirtualFile> file;
  std::shared_ptr<VirtualDir> dir;
  if (target.is_virtual()) {
    if (target.mount) UMSDK_VERDICT_IF_ERRNO(CheckAccess(call, *target.mount, target.attr, R_OK));
    if (S_ISDIR(target.attr.mode) && target.node) {
      if ((mask & IN_ONLYDIR) == 0 || S_ISDIR(target.attr.mode)) {
        dir = std::make_shared<VirtualDir>(target.mount, target.node, target.path, call.view().private_dir());
        UMSDK_VERDICT_IF_ERRNO(dir->Init());
        dir->Pin();
        call.view().objects().Add(dir->key(), dir, dir->placeholder());
        real = "/proc/self/fd/" + std::to_string(dir->placeholder());
      }
    } else {
      if ((mask & IN_ONLYDIR) != 0) return Verdict::Fail(Errno(ENOTDIR));
      if (!S_ISREG(target.attr.mode) || !target.node) return Verdict::Fail(Errno(EACCES));
      UMSDK_ASSIGN_OR_VERDICT(file, FileOfTarget(call, target));
      real = "/proc/self/fd/" + std::to_string(file->memfd());
    }
  }
  int watch = ::inotify_add_watch(inotify.get(), real.c_str(), mask & ~static_cast<uint32_t>(IN_DONT_FOLLOW | IN_ONLYDIR));
  return watch >= 0 ? Verdict::Return(watch) : Verdict::Fail(LastErrno());
}

}  // namespace umsdk
