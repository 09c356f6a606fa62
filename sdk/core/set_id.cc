#include "sdk/core/set_id.h"

#include <sys/stat.h>

#include "sdk/core/permissions.h"

namespace umsdk {

// Without group execution S_ISGID is no privilege to run with: a member of the group keeps it.
ErrnoOrOk DropSetId(Call& call, VirtualFile& file) {
  if (!file.may_be_set_id() || !file.node() || call.identity().dac_override) return {};
  UMSDK_ASSIGN_OR_ERRNO(Attr attr, file.Stat());
  const mode_t mode = attr.mode & 07777;
  mode_t kept = mode & ~static_cast<mode_t>(S_ISUID);
  if ((mode & S_IXGRP) != 0 || !InGroup(call.identity().caller, attr.gid)) {
    kept &= ~static_cast<mode_t>(S_ISGID);
  }
  if (kept == mode) return {};
  SetAttrRequest change;
  change.mode = kept;
  UMSDK_RETURN_IF_ERRNO(file.node()->fs().SetAttr(call.caller(), file.node()->id(), change));
  file.NoteMode(kept);
  return {};
}

mode_t ModeOfNew(Call& call, const Mount& mount, const Attr& dir, mode_t mode) {
  constexpr mode_t kRuns = S_ISGID | S_IXGRP;
  if (S_ISDIR(mode) || (mode & kRuns) != kRuns || (dir.mode & S_ISGID) == 0) return mode;
  if (!mount.traits.check_permissions || call.identity().dac_override) return mode;
  if (InGroup(call.identity().caller, dir.gid)) return mode;
  return mode & ~static_cast<mode_t>(S_ISGID);
}

}  // namespace umsdk
