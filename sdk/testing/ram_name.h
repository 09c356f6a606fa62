// Which names a RamFs takes.
#ifndef SDK_TESTING_RAM_NAME_H_
#define SDK_TESTING_RAM_NAME_H_

#include <linux/limits.h>

#include <string_view>

#include "sdk/base/errno.h"

namespace umsdk {

inline bool IsDotName(std::string_view name) { return name == "." || name == ".."; }

// One component of a path, in any bytes but '/' and NUL.
inline ErrnoOrOk CheckName(std::string_view name) {
  if (name.empty()) return Errno(ENOENT);
  if (name.size() > NAME_MAX) return Errno(ENAMETOOLONG);
  if (name.find_first_of(std::string_view("/\0", 2)) != name.npos) return Errno(EINVAL);
  return {};
}

}  // namespace umsdk

#endif  // SDK_TESTING_RAM_NAME_H_
