// rename, renameat(2), link(at).
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <unistd.h>

#include "sdk/core/act_as.h"
#include "sdk/core/handlers.h"
#include "sdk/core/naming.h"
#include "sdk/core/path_walk.h"
#include "sdk/core/permissions.h"
#include "sdk/core/virtual_file.h"
#include "sdk/core/with_room.h"

namespace umsdk {
namespace {

struct Place {
  int dirfd;
  uint64_t path;
};

bool OnRealGround(const Target& target) { return target.native || !target.is_virtual(); }

// The kernel says what a slash behind the name means there.
std::string WithSlash(const Target& target) { return target.path + (target.trailing_slash ? "/" : ""); }

// Both ends are real, but the guest's own arguments mislead the kernel for one of them at least.
template <typename Real>
Verdict DoReal(Call& call, const Target& from, const Target& to, const Real& real) {
  if (from.path.empty() || to.path.empty()) return Verdict::Fail(Errno(ENOENT));
  ActAs guest(call.caller());
  return real(WithSlash(from).c_str(), WithSlash(to).c_str()) == 0 ? Verdict::Return(0) : Verdict::Fail(LastErrno());
}

// The errors of do_renameat2() in fs/namei.c, in its order.
ErrnoOrOk CheckNames(const Target& from, const Target& to, unsigned flags) {
  if (from.last != Target::Last::kName) return Errno(EBUSY);
  if (to.last != Target::Last::kName) return Errno((flags & RENAME_NOREPLACE) != 0 ? EEXIST : EBUSY);
  if (from.mount->read_only()) return Errno(EROFS);
  if (!from.exists) return Errno(ENOENT);
  if (to.exists && (flags & RENAME_NOREPLACE) != 0) return Errno(EEXIST);
  if (!to.exists && (flags & RENAME_EXCHANGE) != 0) return Errno(ENOENT);
  bool is_dir = S_ISDIR(from.attr.mode);
  if (!is_dir && (from.trailing_slash || (to.trailing_slash && (flags & RENAME_EXCHANGE) == 0))) {
    return Errno(ENOTDIR);
  }
  if ((flags & RENAME_EXCHANGE) != 0 && to.trailing_slash && !S_ISDIR(to.attr.mode)) return Errno(ENOTDIR);
  if (is_dir && PathIsWithin(to.path, from.path) && to.path != from.path) return Errno(EINVAL);
  if (to.exists && PathIsWithin(from.path, to.path) && to.path != from.path) {
    return Errno((flags & RENAME_EXCHANGE) != 0 ? EINVAL : ENOTEMPTY);
  }
  return {};
}

// Those of vfs_rename().
ErrnoOrOk CheckRename(Call& call, const Target& from, const Target& to, unsigned flags) {
  const bool is_dir = S_ISDIR(from.attr.mode);
  UMSDK_RETURN_IF_ERRNO(CheckRemove(call, *from.mount, from.parent_attr, from.attr));
  if (to.exists) {
    UMSDK_RETURN_IF_ERRNO(CheckRemove(call, *to.mount, to.parent_attr, to.attr));
    const bool same_type = is_dir == S_ISDIR(to.attr.mode) || (flags & RENAME_EXCHANGE) != 0;
    if (!same_type) return Errno(is_dir ? ENOTDIR : EISDIR);
  } else {
    UMSDK_RETURN_IF_ERRNO(CheckCreate(call, *to.mount, to.parent_attr));
  }
  // ".." of a directory that moves is written.
  if (is_dir && from.parent->id() != to.parent->id()) {
    UMSDK_RETURN_IF_ERRNO(CheckAccess(call, *from.mount, from.attr, W_OK));
  }
  MountTable& mounts = call.layer().mounts();
  if (mounts.HasWithin(from.path) || mounts.HasWithin(to.path)) return Errno(EBUSY);
  return {};
}

Verdict Rename(Call& call, Place from_place, Place to_place, unsigned flags) {
  if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT)) != 0) return Verdict::Continue();
  bool replaces = (flags & (RENAME_NOREPLACE | RENAME_WHITEOUT)) != 0;
  if (replaces && (flags & RENAME_EXCHANGE) != 0) return Verdict::Fail(Errno(EINVAL));
  WalkOptions stay{.follow = false, .slash_follows = false};
  UMSDK_ASSIGN_OR_VERDICT(std::string from_path, call.Path(from_place.path));
  if (from_path.empty()) return Verdict::Fail(Errno(ENOENT));
  UMSDK_ASSIGN_OR_VERDICT(Target from, WalkPath(call, from_place.dirfd, from_path, stay));
  UMSDK_ASSIGN_OR_VERDICT(std::string to_path, call.Path(to_place.path));
  if (to_path.empty()) return Verdict::Fail(Errno(ENOENT));
  UMSDK_ASSIGN_OR_VERDICT(Target to, WalkPath(call, to_place.dirfd, to_path, stay));
  if (from.native && to.native) return Verdict::Continue();
  call.MarkHandled();
  if (OnRealGround(from) && OnRealGround(to)) {
    return DoReal(call, from, to, [&](const char* a, const char* b) {
      return ::renameat2(AT_FDCWD, a, AT_FDCWD, b, flags);
    });
  }
  using Last = Target::Last;
  const bool itself = from.mount && from.mount == to.mount && from.path == to.path;
  if (itself && from.last == Last::kRoot && to.last == Last::kRoot && from.path == from.mount->target) {
    return (flags & RENAME_NOREPLACE) != 0 ? Verdict::Fail(Errno(EEXIST)) : Verdict::Return(0);
  }
  if (from.last == Last::kRoot || to.last == Last::kRoot) return Verdict::Fail(Errno(EBUSY));
  if (from.mount != to.mount) return Verdict::Fail(Errno(EXDEV));
  if ((flags & RENAME_WHITEOUT) != 0) return Verdict::Fail(Errno(EINVAL));  // as file systems without
  UMSDK_VERDICT_IF_ERRNO(CheckNames(from, to, flags));
  if (to.exists && from.node->id() == to.node->id()) return Verdict::Return(0);  // nothing to do
  UMSDK_VERDICT_IF_ERRNO(CheckRename(call, from, to, flags));
  UMSDK_VERDICT_IF_ERRNO(from.parent->fs().Rename(call.caller(), from.parent->id(), from.name,
                                                  to.parent->id(), to.name, flags));
  bool moves = from.parent->id() != to.parent->id() &&
               (S_ISDIR(from.attr.mode) || (to.exists && S_ISDIR(to.attr.mode)));
  if (moves) ++from.mount->moves;
  NoteRenamed(call.view(), from, to, (flags & RENAME_EXCHANGE) != 0);
  return Verdict::Return(0);
}

Verdict Link(Call& call, Place from_place, Place to_place, int flags) {
  if ((flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) != 0) return Verdict::Fail(Errno(EINVAL));
  UMSDK_ASSIGN_OR_VERDICT(std::string from_path, call.Path(from_place.path));
  if (from_path.empty() && (flags & AT_EMPTY_PATH) == 0) return Verdict::Fail(Errno(ENOENT));
  UMSDK_ASSIGN_OR_VERDICT(Target from,
                          WalkPath(call, from_place.dirfd, from_path,
                                   {.follow = (flags & AT_SYMLINK_FOLLOW) != 0,
                                    .empty_ok = (flags & AT_EMPTY_PATH) != 0}));
  if (!OnRealGround(from) && !from.exists) return Verdict::Fail(Errno(ENOENT));
  UMSDK_ASSIGN_OR_VERDICT(std::string to_path, call.Path(to_place.path));
  if (to_path.empty()) return Verdict::Fail(Errno(ENOENT));
  UMSDK_ASSIGN_OR_VERDICT(Target to, WalkPath(call, to_place.dirfd, to_path, {.follow = false, .slash_follows = false}));
  if (from.native && to.native) return Verdict::Continue();
  call.MarkHandled();
  if (OnRealGround(from) && OnRealGround(to)) {
    return DoReal(call, from, to, [](const char* a, const char* b) { return ::link(a, b); });
  }
  if (!OnRealGround(to) && to.exists) return Verdict::Fail(Errno(EEXIST));
  if (from.mount != to.mount || !from.node) return Verdict::Fail(Errno(EXDEV));
  if (from.trailing_slash && !S_ISDIR(from.attr.mode)) return Verdict::Fail(Errno(ENOTDIR));
  UMSDK_VERDICT_IF_ERRNO(CheckNewName(call, to, false));
  if (S_ISDIR(from.attr.mode)) return Verdict::Fail(Errno(EPERM));
  std::shared_ptr<VirtualFile> open = call.view().objects().FileOf(from.mount.get(), from.node->id());
  if (open && open->never_named()) return Verdict::Fail(Errno(ENOENT));
  ErrnoOr<Entry> entry = WithSpace(call.view(), [&] {
    return to.parent->fs().Link(call.caller(), from.node->id(), to.parent->id(), to.name);
  });
  if (!entry.ok()) return Verdict::Fail(entry.error());
  NodeRef forget(to.mount, entry->node);
  NoteCreated(call.view(), to, false);
  if (from.object && from.object->path().ends_with(" (deleted)")) from.object->set_path(to.path);
  return Verdict::Return(0);
}

}  // namespace

Verdict HandleRename(Call& call) {
  return Rename(call, {AT_FDCWD, call.arg(0)}, {AT_FDCWD, call.arg(1)}, 0);
}
Verdict HandleRenameat(Call& call) {
  return Rename(call, {call.int_arg(0), call.arg(1)}, {call.int_arg(2), call.arg(3)}, 0);
}
Verdict HandleRenameat2(Call& call) {
  return Rename(call, {call.int_arg(0), call.arg(1)}, {call.int_arg(2), call.arg(3)},
                static_cast<unsigned>(call.arg(4)));
}
Verdict HandleLink(Call& call) {
  return Link(call, {AT_FDCWD, call.arg(0)}, {AT_FDCWD, call.arg(1)}, 0);
}
Verdict HandleLinkat(Call& call) {
  return Link(call, {call.int_arg(0), call.arg(1)}, {call.int_arg(2), call.arg(3)}, call.int_arg(4));
}

}  // namespace umsdk
