#include "sdk/core/host_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "sdk/core/act_as.h"
#include "sdk/core/host_call.h"
#include "sdk/core/host_file.h"
#include "sdk/core/opening.h"
#include "sdk/core/path_walk.h"
#include "sdk/core/permissions.h"
#include "sdk/core/real_root.h"

namespace umsdk {
namespace {

constexpr int kKeptFlags = O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_NOFOLLOW;

bool Creates(int flags) { return (flags & O_CREAT) != 0; }

int AccessMask(int flags) {
  AccessMode access(flags);
  bool writes = access.writes || (flags & O_TRUNC) != 0;
  return (access.reads ? R_OK : 0) | (writes ? W_OK : 0);
}

// Whose permissions count: the guest thread's own, or what the identity alone has.
GuestStatus StatusOf(const Caller& caller) {
  std::optional<GuestStatus> thread = caller.tid != 0 ? ReadGuestStatus(caller.tid) : std::nullopt;
  GuestStatus status = thread.value_or(GuestStatus{});
  if (!thread.has_value() || thread->caller.uid != caller.uid)
    status.dac_override = caller.uid == 0;
  status.caller = caller;
  return status;
}

ErrnoOrOk CreateMissing(Call& call, Target& target, int flags, mode_t mode) {
  if (!Creates(flags)) return Errno(ENOENT);
  if (target.trailing_slash) return Errno(EISDIR);
  if (target.name.size() > target.mount->fs->NameMax()) return Errno(ENAMETOOLONG);
  UMSDK_RETURN_IF_ERRNO(CheckCreate(call, *target.mount, target.parent_attr));
  mode = S_IFREG | (mode & 07777 & ~call.caller().umask);
  UMSDK_ASSIGN_OR_ERRNO(Entry entry, target.parent->fs().MakeNode(
                                         call.caller(), target.parent->id(), target.name, mode, 0));
  target.node = std::make_shared<NodeRef>(target.mount, entry.node);
  target.attr = entry.attr;
  return {};
}

ErrnoOrOk CheckExisting(Call& call, const Target& target, int flags) {
  if (Creates(flags) && (flags & O_EXCL) != 0) return Errno(EEXIST);
  if (S_ISLNK(target.attr.mode)) return Errno(ELOOP);
  if (S_ISDIR(target.attr.mode)) return Errno(EISDIR);
  return CheckAccess(call, *target.mount, target.attr, AccessMask(flags));
}

ErrnoOr<std::unique_ptr<HostFile>> OpenDevice(Call& call, const Target& target, int flags) {
  constexpr int kLargeFile = 0100000;
  UMSDK_ASSIGN_OR_ERRNO(
      std::unique_ptr<DeviceFile> file,
      target.mount->device->Open({call.caller(), (flags & O_ACCMODE) | kLargeFile}));
  auto device = std::make_shared<VirtualDevice>(target.mount, target.path, std::move(file));
  UMSDK_ASSIGN_OR_ERRNO(UniqueFd unused, device->Open(flags & O_ACCMODE));
  return MakeDeviceHostFile(std::move(device), AccessMode(flags));
}

ErrnoOr<std::unique_ptr<HostFile>> OpenVirtual(Call& call, Target target, int flags, mode_t mode) {
  if (target.exists) {
    UMSDK_RETURN_IF_ERRNO(CheckExisting(call, target, flags));
  } else {
    UMSDK_RETURN_IF_ERRNO(CreateMissing(call, target, flags, mode));
  }
  if (target.mount->device) return OpenDevice(call, target, flags);
  if (!S_ISREG(target.attr.mode)) return Errno(EINVAL);
  UMSDK_ASSIGN_OR_ERRNO(std::shared_ptr<VirtualFile> file, FileOfTarget(call, target));
  UMSDK_ASSIGN_OR_ERRNO(UniqueFd description, file->Open(call.caller(), flags & O_ACCMODE));
  if ((flags & O_TRUNC) != 0) UMSDK_RETURN_IF_ERRNO(file->Truncate(call.caller(), 0));
  return MakeVirtualHostFile(std::move(file), std::move(description), call.caller(),
                             AccessMode(flags));
}

ErrnoOr<UniqueFd> OpenAsCaller(Call& call, const std::string& path, int flags, mode_t mode = 0) {
  RealRoot root(call);
  ActAs caller(call.caller());
  return root.Open(path, flags, mode & ~call.caller().umask);
}

ErrnoOr<std::unique_ptr<HostFile>> OpenReal(Call& call, const Target& target, int flags,
                                            mode_t mode) {
  // Nothing of a guest's may make us wait (a fifo).
  UMSDK_ASSIGN_OR_ERRNO(UniqueFd fd,
                        OpenAsCaller(call, target.path, flags | O_NONBLOCK | O_NOCTTY, mode));
  struct stat st;
  if (::fstat(fd.get(), &st) != 0) return LastErrno();
  if (S_ISDIR(st.st_mode)) return Errno(EISDIR);
  if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)) return Errno(EINVAL);
  return MakeRealHostFile(std::move(fd));
}

class ViewFiles final : public HostFiles {
 public:
  ViewFiles(View& view, const std::shared_ptr<Layer>& layer, uint64_t before)
      : view_(view), layer_(layer), before_(view.options().nesting ? before : 0) {}

  ErrnoOr<std::unique_ptr<HostFile>> Open(const Caller& caller, const std::string& path, int flags,
                                          mode_t mode) override {
    flags &= kKeptFlags;
    bool follow = (flags & O_NOFOLLOW) == 0 && !(Creates(flags) && (flags & O_EXCL) != 0);
    return At(caller, path, follow,
              [&](Call& call, Target& target) -> ErrnoOr<std::unique_ptr<HostFile>> {
                if (target.is_virtual()) return OpenVirtual(call, std::move(target), flags, mode);
                return OpenReal(call, target, flags, mode);
              });
  }

  ErrnoOr<Attr> Stat(const Caller& caller, const std::string& path, bool follow) override {
    return At(caller, path, follow, [&](Call& call, Target& target) -> ErrnoOr<Attr> {
      if (target.is_virtual()) {
        if (!target.exists) return Errno(ENOENT);
        if (target.attr.ino == 0 && target.node) target.attr.ino = target.node->id();
        return target.attr;
      }
      int flags = O_PATH | (follow ? 0 : O_NOFOLLOW);
      UMSDK_ASSIGN_OR_ERRNO(UniqueFd fd, OpenAsCaller(call, target.path, flags));
      struct stat st;
      if (::fstat(fd.get(), &st) != 0) return LastErrno();
      return AttrOf(st);
    });
  }

 private:
  // Walks, and hands what was found to `use`.
  template <typename Use>
  auto At(const Caller& caller, const std::string& path, bool follow, const Use& use)
      -> decltype(use(std::declval<Call&>(), std::declval<Target&>())) {
    std::shared_ptr<Layer> layer = layer_.lock();
    if (!layer) return Errno(ENXIO);
    if (path.empty() || path.find('\0') != std::string::npos) return Errno(ENOENT);
    HostCall trap(caller.tid);
    Call call(view_, trap, std::move(layer), before_, StatusOf(caller));
    UMSDK_ASSIGN_OR_ERRNO(Target target, WalkPath(call, AT_FDCWD, path, {.follow = follow}));
    UMSDK_RETURN_IF_ERRNO(CheckReach(target));
    return use(call, target);
  }

  // A descriptor or a working directory of the caller's may lead to what is later than the mount.
  ErrnoOrOk CheckReach(const Target& target) const {
    if (!target.is_virtual()) return {};
    if (before_ == 0) return Errno(ENOENT);
    return target.mount && target.mount->epoch < before_ ? ErrnoOrOk() : ErrnoOrOk(Errno(ELOOP));
  }

  View& view_;
  const std::weak_ptr<Layer> layer_;
  const uint64_t before_;
};

}  // namespace

std::shared_ptr<HostFiles> MakeHostFiles(View& view, const std::shared_ptr<Layer>& layer,
                                         uint64_t before) {
  return std::make_shared<ViewFiles>(view, layer, before);
}

}  // namespace umsdk
