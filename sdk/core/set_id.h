// The set-user-ID and set-group-ID bits that the kernel takes away (fs/attr.c,
// setattr_should_drop_suidgid; fs/inode.c, mode_strip_sgid).
#ifndef SDK_CORE_SET_ID_H_
#define SDK_CORE_SET_ID_H_

#include <sys/types.h>

#include "sdk/core/call.h"
#include "sdk/core/virtual_file.h"

namespace umsdk {

// Before the contents change: who may not keep the bits (CAP_FSETID) loses them.
ErrnoOrOk DropSetId(Call& call, VirtualFile& file);

// The mode of something new in the directory `dir`, which a foreign group's S_ISGID is not for.
mode_t ModeOfNew(Call& call, const Mount& mount, const Attr& dir, mode_t mode);

}  // namespace umsdk

#endif  // SDK_CORE_SET_ID_H_
