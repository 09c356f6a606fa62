#include "sdk/core/permissions.h"

#include <unistd.h>

#include <algorithm>

namespace umsdk {

bool InGroup(const Caller& caller, gid_t gid) {
  return caller.gid == gid ||
         std::find(caller.groups.begin(), caller.groups.end(), gid) != caller.groups.end();
}

bool MayAccess(const GuestStatus& who, const Attr& attr, int mask) {
  if (who.dac_override) {
    // The override covers execution only where somebody may execute, or search.
    return (mask & X_OK) == 0 || S_ISDIR(attr.mode) || (attr.mode & 0111) != 0;
  }
  mode_t bits = attr.mode;
  if (who.caller.uid == attr.uid) {
    bits >>= 6;
  } else if (InGroup(who.caller, attr.gid)) {
    bits >>= 3;
  }
  return (static_cast<int>(bits) & mask & 7) == mask;
}

namespace {

// Owner, group and others alike: then nobody need find out who asks.
bool AnybodyMayAccess(const Attr& attr, int mask) {
  const mode_t all = static_cast<mode_t>(mask & 7) * 0111;
  return (attr.mode & all) == all;
}

}  // namespace

ErrnoOrOk CheckAccess(Call& call, const Mount& mount, const Attr& attr, int mask) {
  bool special = S_ISCHR(attr.mode) || S_ISBLK(attr.mode) || S_ISFIFO(attr.mode) || S_ISSOCK(attr.mode);
  if ((mask & W_OK) != 0 && mount.read_only() && !special) return Errno(EROFS);
  if (!mount.traits.check_permissions || mask == 0 || AnybodyMayAccess(attr, mask)) return {};
  if (!MayAccess(call.identity(), attr, mask)) return Errno(EACCES);
  return {};
}

ErrnoOrOk CheckCreate(Call& call, const Mount& mount, const Attr& dir) {
  return CheckAccess(call, mount, dir, W_OK | X_OK);
}

ErrnoOrOk CheckRemove(Call& call, const Mount& mount, const Attr& dir, const Attr& victim) {
  UMSDK_RETURN_IF_ERRNO(CheckAccess(call, mount, dir, W_OK | X_OK));
  if (!mount.traits.check_permissions || (dir.mode & S_ISVTX) == 0) return {};
  const GuestStatus& who = call.identity();
  if (who.dac_override || who.caller.uid == dir.uid || who.caller.uid == victim.uid) return {};
  return Errno(EPERM);
}

ErrnoOrOk CheckOwner(Call& call, const Mount& mount, const Attr& attr) {
  if (mount.read_only()) return Errno(EROFS);
  if (!mount.traits.check_permissions) return {};
  const GuestStatus& who = call.identity();
  if (who.dac_override || who.caller.uid == attr.uid) return {};
  return Errno(EPERM);
}

}  // namespace umsdk
