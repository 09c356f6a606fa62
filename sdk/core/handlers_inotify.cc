// inotify on virtual files and directories.
#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "sdk/core/fifo.h"
#include "sdk/core/handlers.h"
#include "sdk/core/opening.h"
#include "sdk/core/path_walk.h"
#include "sdk/core/permissions.h"
#include "sdk/core/virtual_dir.h"

namespace umsdk {

namespace {

// The real directory whose events are those of a virtual one.
ErrnoOr<std::string> WatchedPlaceholder(Call& call, const Target& target) {
  ObjectTable& objects = call.view().objects();
  std::shared_ptr<VirtualDir> dir = objects.WatchedDirAt(target.path);
  if (!dir) {
    dir = std::make_shared<VirtualDir>(target.mount, target.node, target.path, call.view().private_dir());
    UMSDK_RETURN_IF_ERRNO(dir->Init());
    UMSDK_RETURN_IF_ERRNO(dir->StartMirror());
    objects.Settle();  // closes of before the watch are none of its events
    dir->Unuse();
    objects.AddWatchedDir(dir);
  }
  return "/proc/self/fd/" + std::to_string(dir->placeholder());
}

// A socket or device has no events of its own; a file of the node's makes the watch.
ErrnoOr<std::string> WatchedStandIn(Call& call, const Target& target) {
  const int dir = call.view().private_dir();
  const std::string name =
      "w" + std::to_string(target.mount->dev) + "-" + std::to_string(target.node->id());
  const UniqueFd made(::openat(dir, name.c_str(), O_CREAT | O_RDONLY | O_CLOEXEC, 0600));
  if (!made.valid()) return LastErrno();
  return "/proc/self/fd/" + std::to_string(dir) + "/" + name;
}

// What to watch in place of a virtual target.
ErrnoOr<std::string> Watched(Call& call, const Target& target, uint32_t mask) {
  if (!target.is_virtual()) return target.path;
  if (target.mount) UMSDK_RETURN_IF_ERRNO(CheckAccess(call, *target.mount, target.attr, R_OK));
  if (!target.node) return Errno(EACCES);
  if (S_ISDIR(target.attr.mode)) return WatchedPlaceholder(call, target);
  if ((mask & IN_ONLYDIR) != 0) return Errno(ENOTDIR);
  if (S_ISFIFO(target.attr.mode)) return FifoPath(call, target);
  if (!S_ISREG(target.attr.mode)) return WatchedStandIn(call, target);
  UMSDK_ASSIGN_OR_ERRNO(std::shared_ptr<VirtualFile> file, FileOfTarget(call, target));
  file->SetWatched();
  return "/proc/self/fd/" + std::to_string(file->memfd());
}

}  // namespace

// The watch is put on what stands for the file or directory: the view repeats changes there.
Verdict HandleInotifyAddWatch(Call& call) {
  auto mask = static_cast<uint32_t>(call.arg(2));
  UMSDK_ASSIGN_OR_VERDICT(std::string path, call.Path(call.arg(1)));
  UMSDK_ASSIGN_OR_VERDICT(Target target, WalkPath(call, AT_FDCWD, path, {.follow = (mask & IN_DONT_FOLLOW) == 0}));
  if (target.native) return Verdict::Continue();
  call.MarkHandled();
  if (target.is_virtual() && !target.exists) return Verdict::Fail(Errno(ENOENT));
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd inotify, call.trap().TakeFd(call.int_arg(0)));
  UMSDK_ASSIGN_OR_VERDICT(std::string real, Watched(call, target, mask));
  constexpr uint32_t kSeen = IN_DONT_FOLLOW | IN_ONLYDIR;
  if (target.is_virtual()) mask &= ~kSeen;
  int watch = ::inotify_add_watch(inotify.get(), real.c_str(), mask);
  return watch >= 0 ? Verdict::Return(watch) : Verdict::Fail(LastErrno());
}

}  // namespace umsdk
