// Attributes in the shapes that the stat calls give.
#ifndef SDK_CORE_STAT_FORMAT_H_
#define SDK_CORE_STAT_FORMAT_H_

#include <linux/stat.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "sdk/core/path_walk.h"

namespace umsdk {

// `attr` of a node of `mount` (null for a File of a service).
struct stat ToStat(const Attr& attr, const Mount* mount, const NodeRef* node);
struct statx ToStatx(const Attr& attr, const Mount* mount, const NodeRef* node);
// The file system type that statfs tells (FUSE's: a file system from user space).
inline constexpr long kFileSystemMagic = 0x65735546;

}  // namespace umsdk

#endif  // SDK_CORE_STAT_FORMAT_H_
