// chmod, chown, utimes and truncate, with their f-, l- and at-forms.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

#include "sdk/core/act_as.h"
#include "sdk/core/handlers.h"
#include "sdk/core/opening.h"
#include "sdk/core/path_walk.h"
#include "sdk/core/permissions.h"
#include "sdk/core/set_id.h"
#include "sdk/core/transfer.h"

namespace umsdk {
namespace {

// The node that an attribute call is about.
ErrnoOr<Target> Find(Call& call, int dirfd, uint64_t address, int flags) {
  if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0) return Errno(EINVAL);
  UMSDK_ASSIGN_OR_ERRNO(std::string path, call.Path(address));
  return WalkPath(call, dirfd, path,
                  {.follow = (flags & AT_SYMLINK_NOFOLLOW) == 0, .empty_ok = (flags & AT_EMPTY_PATH) != 0});
}

// A descriptor as a target; native when it is nothing of ours.
ErrnoOr<Target> FindFd(Call& call, int fd) {
  Target target;
  target.object = call.Object(fd);
  target.native = !target.object;
  if (target.native) return target;
  if (target.object->path_only()) return Errno(EBADF);
  UMSDK_ASSIGN_OR_ERRNO(target.attr, target.object->Stat());
  target.exists = true;
  target.path = target.object->path();
  target.mount = target.object->mount();
  target.node = target.object->node();
  return target;
}

ErrnoOrOk Apply(Call& call, const Target& target, const SetAttrRequest& change) {
  if (target.mount && target.mount->device) return target.mount->device->SetAttr(call.caller(), change);
  if (!target.node) return Errno(EROFS);
  UMSDK_RETURN_IF_ERRNO(target.node->fs().SetAttr(call.caller(), target.node->id(), change));
  if (auto open = call.view().objects().FileOf(target.mount.get(), target.node->id())) {
    if (change.mode) open->NoteMode(*change.mode);
    open->ShowAttribEvent();
  }
  return {};
}

// The common shape: native, real for the guest, or a change of a virtual node after `check`.
template <typename Check, typename Real>
Verdict Change(Call& call, const ErrnoOr<Target>& found, const SetAttrRequest& change, const Check& check,
               const Real& real) {
  if (!found.ok()) return Verdict::Fail(found.error());
  const Target& target = *found;
  if (target.native) return Verdict::Continue();
  call.MarkHandled();
  if (!target.exists) return Verdict::Fail(Errno(ENOENT));
  if (!target.is_virtual()) {
    ActAs guest(call.caller());
    return real(target.path.c_str()) == 0 ? Verdict::Return(0) : Verdict::Fail(LastErrno());
  }
  if (target.mount) UMSDK_VERDICT_IF_ERRNO(check(target));
  return ToVerdict(Apply(call, target, change));
}

Verdict Chmod(Call& call, const ErrnoOr<Target>& found, uint64_t mode_arg) {
  SetAttrRequest change;
  mode_t mode = static_cast<mode_t>(mode_arg) & 07777;
  // setattr_prepare(): a foreign group's setgid bit goes.
  if (found.ok() && found->is_virtual() && (mode & S_ISGID) != 0 && found->mount &&
      found->mount->traits.check_permissions && !call.status().dac_override &&
      !InGroup(call.caller(), found->attr.gid)) {
    mode &= ~static_cast<mode_t>(S_ISGID);
  }
  change.mode = mode;
  return Change(
      call, found, change,
      [&](const Target& t) -> ErrnoOrOk {
        if (S_ISLNK(t.attr.mode)) return Errno(EOPNOTSUPP);
        return CheckOwner(call, *t.mount, t.attr);
      },
      [&](const char* path) { return ::chmod(path, mode); });
}

Verdict Chown(Call& call, const ErrnoOr<Target>& found, uint64_t uid_arg, uint64_t gid_arg) {
  uid_t uid = static_cast<uid_t>(uid_arg);
  gid_t gid = static_cast<gid_t>(gid_arg);
  SetAttrRequest change;
  if (uid != static_cast<uid_t>(-1)) change.uid = uid;
  if (gid != static_cast<gid_t>(-1)) change.gid = gid;
  // chown clears the set-id bits of what is not a directory, whoever does it, and if it changes no owner.
  if (found.ok() && found->is_virtual() && !S_ISDIR(found->attr.mode)) {
    mode_t mode = found->attr.mode & 07777;
    mode_t kept = mode & ~static_cast<mode_t>(S_ISUID);
    if ((mode & 0010) != 0) kept &= ~static_cast<mode_t>(S_ISGID);
    if (kept != mode) change.mode = kept;
  }
  return Change(
      call, found, change,
      [&](const Target& t) -> ErrnoOrOk {
        if (t.mount->read_only()) return Errno(EROFS);
        if (!t.mount->traits.check_permissions || call.status().dac_override) return {};
        bool owner = call.caller().uid == t.attr.uid;
        if (change.mode && !owner) return Errno(EPERM);
        if (change.uid && (!owner || *change.uid != t.attr.uid)) return Errno(EPERM);
        if (change.gid && (!owner || (*change.gid != t.attr.gid && !InGroup(call.caller(), *change.gid)))) {
          return Errno(EPERM);
        }
        return {};
      },
      [&](const char* path) { return ::lchown(path, uid, gid); });
}

timespec Now() {
  timespec now;
  ::clock_gettime(CLOCK_REALTIME, &now);
  return now;
}

// `times`: null for "now", as the kernel's do_utimes().
Verdict Utimens(Call& call, const ErrnoOr<Target>& found, const timespec* times) {
  if (!found.ok()) return Verdict::Fail(found.error());
  if (found->native) return Verdict::Continue();
  if (!found->exists) return Verdict::Fail(Errno(ENOENT));
  timespec both[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
  if (times != nullptr) both[0] = times[0], both[1] = times[1];
  SetAttrRequest change;
  bool all_now = true;
  std::optional<timespec>* slots[2] = {&change.atime, &change.mtime};
  for (int i = 0; i < 2; ++i) {
    long nsec = both[i].tv_nsec;
    if (nsec != UTIME_NOW && nsec != UTIME_OMIT && (nsec < 0 || nsec > 999999999)) {
      return Verdict::Fail(Errno(EINVAL));
    }
    if (nsec != UTIME_NOW) all_now = false;
    if (nsec == UTIME_NOW) *slots[i] = Now();
    if (nsec != UTIME_NOW && nsec != UTIME_OMIT) *slots[i] = both[i];
  }
  return Change(
      call, found, change,
      [&](const Target& t) -> ErrnoOrOk {
        ErrnoOrOk owner = CheckOwner(call, *t.mount, t.attr);
        if (owner.ok() || !all_now || owner.error() == Errno(EROFS)) return owner;
        return CheckAccess(call, *t.mount, t.attr, W_OK);
      },
      [&](const char* path) { return ::utimensat(AT_FDCWD, path, both, AT_SYMLINK_NOFOLLOW); });
}

}  // namespace

Verdict HandleChmod(Call& call) {
  return Chmod(call, Find(call, AT_FDCWD, call.arg(0), 0), call.arg(1));
}
Verdict HandleFchmod(Call& call) { return Chmod(call, FindFd(call, call.int_arg(0)), call.arg(1)); }
Verdict HandleFchmodat(Call& call) {
  return Chmod(call, Find(call, call.int_arg(0), call.arg(1), 0), call.arg(2));
}
Verdict HandleFchmodat2(Call& call) {
  return Chmod(call, Find(call, call.int_arg(0), call.arg(1), call.int_arg(3)), call.arg(2));
}

Verdict HandleChown(Call& call) {
  return Chown(call, Find(call, AT_FDCWD, call.arg(0), 0), call.arg(1), call.arg(2));
}
Verdict HandleLchown(Call& call) {
  return Chown(call, Find(call, AT_FDCWD, call.arg(0), AT_SYMLINK_NOFOLLOW), call.arg(1), call.arg(2));
}
Verdict HandleFchown(Call& call) {
  return Chown(call, FindFd(call, call.int_arg(0)), call.arg(1), call.arg(2));
}
Verdict HandleFchownat(Call& call) {
  return Chown(call, Find(call, call.int_arg(0), call.arg(1), call.int_arg(4)), call.arg(2), call.arg(3));
}

Verdict HandleUtime(Call& call) {
  ErrnoOr<Target> found = Find(call, AT_FDCWD, call.arg(0), 0);
  if (call.arg(1) == 0) return Utimens(call, found, nullptr);
  UMSDK_ASSIGN_OR_VERDICT(utimbuf buffer, call.Load<utimbuf>(call.arg(1)));
  timespec times[2] = {{buffer.actime, 0}, {buffer.modtime, 0}};
  return Utimens(call, found, times);
}

namespace {

Verdict UtimesOf(Call& call, const ErrnoOr<Target>& found, uint64_t address) {
  if (address == 0) return Utimens(call, found, nullptr);
  timeval values[2];
  UMSDK_VERDICT_IF_ERRNO(call.Get(address, values, sizeof(values)));
  timespec times[2];
  for (int i = 0; i < 2; ++i) {
    if (values[i].tv_usec < 0 || values[i].tv_usec >= 1000000) return Verdict::Fail(Errno(EINVAL));
    times[i] = {values[i].tv_sec, values[i].tv_usec * 1000};
  }
  return Utimens(call, found, times);
}

}  // namespace

Verdict HandleUtimes(Call& call) {
  return UtimesOf(call, Find(call, AT_FDCWD, call.arg(0), 0), call.arg(1));
}
Verdict HandleFutimesat(Call& call) {
  ErrnoOr<Target> found = call.arg(1) == 0 ? FindFd(call, call.int_arg(0))
                                           : Find(call, call.int_arg(0), call.arg(1), 0);
  return UtimesOf(call, found, call.arg(2));
}
Verdict HandleUtimensat(Call& call) {
  bool given = call.arg(2) != 0, by_descriptor = call.arg(1) == 0;
  timespec times[2];
  if (given) UMSDK_VERDICT_IF_ERRNO(call.Get(call.arg(2), times, sizeof(times)));
  // The kernel does not even look at the path.
  if (given && times[0].tv_nsec == UTIME_OMIT && times[1].tv_nsec == UTIME_OMIT) return Verdict::Return(0);
  if (by_descriptor && call.int_arg(3) != 0) return Verdict::Continue();
  ErrnoOr<Target> found = by_descriptor ? FindFd(call, call.int_arg(0))
                                        : Find(call, call.int_arg(0), call.arg(1), call.int_arg(3));
  return Utimens(call, found, given ? times : nullptr);
}

Verdict HandleTruncate(Call& call) {
  off_t size = static_cast<off_t>(call.arg(1));
  if (size < 0) return Verdict::Fail(Errno(EINVAL));
  UMSDK_ASSIGN_OR_VERDICT(Target target, Find(call, AT_FDCWD, call.arg(0), 0));
  if (target.native) return Verdict::Continue();
  call.MarkHandled();
  if (!target.exists) return Verdict::Fail(Errno(ENOENT));
  if (!target.is_virtual()) {
    ActAs guest(call.caller());
    return ::truncate(target.path.c_str(), size) == 0 ? Verdict::Return(0) : Verdict::Fail(LastErrno());
  }
  if (S_ISDIR(target.attr.mode)) return Verdict::Fail(Errno(EISDIR));
  if (!S_ISREG(target.attr.mode) || !target.mount) return Verdict::Fail(Errno(EINVAL));
  UMSDK_VERDICT_IF_ERRNO(CheckAccess(call, *target.mount, target.attr, W_OK));
  UMSDK_VERDICT_IF_ERRNO(CheckNewSize(call, target.attr.size, static_cast<uint64_t>(size)));
  UMSDK_ASSIGN_OR_VERDICT(std::shared_ptr<VirtualFile> file, FileOfTarget(call, target));
  file->NoteMode(target.attr.mode);
  UMSDK_VERDICT_IF_ERRNO(DropSetId(call, *file));
  return ToVerdict(file->Truncate(call.caller(), static_cast<uint64_t>(size)));
}

}  // namespace umsdk
