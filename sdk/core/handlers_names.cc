// mkdir(at), mknod(at), unlink, rmdir, unlinkat, symlink(at).
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sdk/core/act_as.h"
#include "sdk/core/handlers.h"
#include "sdk/core/naming.h"
#include "sdk/core/path_walk.h"
#include "sdk/core/permissions.h"
#include "sdk/core/set_id.h"
#include "sdk/core/with_room.h"

namespace umsdk {
namespace {

// What is to be made at a path. `make` does it in the virtual directory, `make_real` on a real path.
template <typename Make, typename MakeReal>
Verdict Create(Call& call, int dirfd, uint64_t address, bool is_dir, const Make& make,
               const MakeReal& make_real) {
  UMSDK_ASSIGN_OR_VERDICT(std::string path, call.Path(address));
  UMSDK_ASSIGN_OR_VERDICT(Target target, WalkPath(call, dirfd, path, {.follow = false, .slash_follows = false}));
  if (target.native) return Verdict::Continue();
  call.MarkHandled();
  if (!target.is_virtual()) {
    ActAs guest(call.caller());
    // With its slash: the kernel says what that means for a new name.
    const std::string real = target.path + (target.trailing_slash ? "/" : "");
    return make_real(real) == 0 ? Verdict::Return(0) : Verdict::Fail(LastErrno());
  }
  UMSDK_VERDICT_IF_ERRNO(CheckNewName(call, target, is_dir));
  ErrnoOr<Entry> entry = WithSpace(call.view(), [&] { return make(target); });
  if (!entry.ok()) return Verdict::Fail(entry.error());
  NodeRef forget(target.mount, entry->node);
  NoteCreated(call.view(), target, is_dir);
  return Verdict::Return(0);
}

Verdict MakeDir(Call& call, int dirfd, uint64_t path, uint64_t mode_arg) {
  mode_t mode = static_cast<mode_t>(mode_arg) & 01777;
  return Create(
      call, dirfd, path, true,
      [&](const Target& t) {
        return t.parent->fs().MakeDir(call.caller(), t.parent->id(), t.name, mode & ~call.caller().umask);
      },
      [&](const std::string& real) { return ::mkdir(real.c_str(), mode & ~call.caller().umask); });
}

Verdict MakeNode(Call& call, int dirfd, uint64_t path, uint64_t mode_arg, uint64_t dev) {
  mode_t mode = static_cast<mode_t>(mode_arg);
  if ((mode & S_IFMT) == 0) mode |= S_IFREG;
  mode_t type = mode & S_IFMT;
  if (type == S_IFDIR) return Verdict::Fail(Errno(EPERM));
  bool device = type == S_IFCHR || type == S_IFBLK;
  if (device && !call.status().dac_override) return Verdict::Fail(Errno(EPERM));
  if (!device && type != S_IFREG && type != S_IFIFO && type != S_IFSOCK) return Verdict::Fail(Errno(EINVAL));
  mode = type | (mode & 07777 & ~call.caller().umask);
  return Create(
      call, dirfd, path, false,
      [&](const Target& t) {
        return t.parent->fs().MakeNode(call.caller(), t.parent->id(), t.name,
                                       ModeOfNew(call, *t.mount, t.parent_attr, mode), device ? dev : 0);
      },
      [&](const std::string& real) { return ::mknod(real.c_str(), mode, dev); });
}

Verdict MakeSymlink(Call& call, uint64_t text_address, int dirfd, uint64_t path) {
  UMSDK_ASSIGN_OR_VERDICT(std::string text, call.Path(text_address));
  if (text.empty()) return Verdict::Fail(Errno(ENOENT));
  return Create(
      call, dirfd, path, false,
      [&](const Target& t) { return t.parent->fs().Symlink(call.caller(), t.parent->id(), t.name, text); },
      [&](const std::string& real) { return ::symlink(text.c_str(), real.c_str()); });
}

ErrnoOrOk CheckVictim(Call& call, const Target& target, bool want_dir) {
  if (target.last == Target::Last::kDot) return Errno(want_dir ? EINVAL : EISDIR);
  if (target.last == Target::Last::kDotDot) return Errno(want_dir ? ENOTEMPTY : EISDIR);
  if (target.last == Target::Last::kRoot) {
    return Errno(!want_dir && S_ISDIR(target.attr.mode) ? EISDIR : EBUSY);
  }
  if (target.mount->read_only()) return Errno(EROFS);
  if (!target.exists) return Errno(ENOENT);
  bool is_dir = S_ISDIR(target.attr.mode);
  if (!want_dir && !is_dir && target.trailing_slash) return Errno(ENOTDIR);
  UMSDK_RETURN_IF_ERRNO(CheckRemove(call, *target.mount, target.parent_attr, target.attr));
  if (want_dir && !is_dir) return Errno(ENOTDIR);
  if (!want_dir && is_dir) return Errno(EISDIR);
  if (call.layer().mounts().HasWithin(target.path)) return Errno(EBUSY);
  return {};
}

Verdict Remove(Call& call, int dirfd, uint64_t address, bool dir) {
  UMSDK_ASSIGN_OR_VERDICT(std::string path, call.Path(address));
  UMSDK_ASSIGN_OR_VERDICT(Target target, WalkPath(call, dirfd, path, {.follow = false, .slash_follows = false}));
  if (target.native) return Verdict::Continue();
  call.MarkHandled();
  if (!target.is_virtual()) {
    ActAs guest(call.caller());
    int result = dir ? ::rmdir(target.path.c_str()) : ::unlink(target.path.c_str());
    return result == 0 ? Verdict::Return(0) : Verdict::Fail(LastErrno());
  }
  UMSDK_VERDICT_IF_ERRNO(CheckVictim(call, target, dir));
  FileSystem& fs = target.parent->fs();
  ErrnoOrOk done = dir ? fs.RemoveDir(call.caller(), target.parent->id(), target.name)
                       : fs.Unlink(call.caller(), target.parent->id(), target.name);
  if (done.ok()) NoteRemoved(call.view(), target);
  return ToVerdict(done);
}

}  // namespace

Verdict HandleMkdir(Call& call) { return MakeDir(call, AT_FDCWD, call.arg(0), call.arg(1)); }
Verdict HandleMkdirat(Call& call) { return MakeDir(call, call.int_arg(0), call.arg(1), call.arg(2)); }
Verdict HandleMknod(Call& call) {
  return MakeNode(call, AT_FDCWD, call.arg(0), call.arg(1), static_cast<unsigned>(call.arg(2)));
}
Verdict HandleMknodat(Call& call) {
  return MakeNode(call, call.int_arg(0), call.arg(1), call.arg(2), static_cast<unsigned>(call.arg(3)));
}
Verdict HandleUnlink(Call& call) { return Remove(call, AT_FDCWD, call.arg(0), false); }
Verdict HandleRmdir(Call& call) { return Remove(call, AT_FDCWD, call.arg(0), true); }
Verdict HandleUnlinkat(Call& call) {
  int flags = call.int_arg(2);
  if ((flags & ~AT_REMOVEDIR) != 0) return Verdict::Fail(Errno(EINVAL));
  return Remove(call, call.int_arg(0), call.arg(1), (flags & AT_REMOVEDIR) != 0);
}
Verdict HandleSymlink(Call& call) { return MakeSymlink(call, call.arg(0), AT_FDCWD, call.arg(1)); }
Verdict HandleSymlinkat(Call& call) {
  return MakeSymlink(call, call.arg(0), call.int_arg(1), call.arg(2));
}

}  // namespace umsdk
