// The kernel's permission checks (fs/namei.c, inode_permission(7)), for mounts that ask for them.
#ifndef SDK_CORE_PERMISSIONS_H_
#define SDK_CORE_PERMISSIONS_H_

#include "sdk/core/call.h"
#include "sdk/core/mount.h"

namespace umsdk {

// `mask`: of R_OK, W_OK, X_OK. EACCES, or EROFS for writing on a read-only mount.
ErrnoOrOk CheckAccess(Call& call, const Mount& mount, const Attr& attr, int mask);
// The same for an identity that is not the caller's own (access(2) with real ids).
bool MayAccess(const GuestStatus& who, const Attr& attr, int mask);
// The group is one of the caller's.
bool InGroup(const Caller& caller, gid_t gid);
// May `name` with `victim` be removed from the directory `dir` (sticky bit included)?
ErrnoOrOk CheckRemove(Call& call, const Mount& mount, const Attr& dir, const Attr& victim);
// May something be made in the directory?
ErrnoOrOk CheckCreate(Call& call, const Mount& mount, const Attr& dir);
// EPERM unless the caller owns it, or may override. EROFS.
ErrnoOrOk CheckOwner(Call& call, const Mount& mount, const Attr& attr);

}  // namespace umsdk

#endif  // SDK_CORE_PERMISSIONS_H_
