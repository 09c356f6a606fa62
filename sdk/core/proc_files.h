// Files of /proc whose text depends on the view: mounts, mountinfo, maps.
#ifndef SDK_CORE_PROC_FILES_H_
#define SDK_CORE_PROC_FILES_H_

#include <optional>
#include <string>

#include "sdk/core/call.h"

namespace umsdk {

// Opens `path` with the view's text when it is such a file; nullopt: the kernel's own is right.
std::optional<Verdict> OpenProcFile(Call& call, const std::string& path, int flags);
// What a link of /proc (fd/N, cwd, exe) that leads to something virtual says; nullopt: the kernel's.
std::optional<std::string> VirtualProcLink(Call& call, const std::string& path);

}  // namespace umsdk

#endif  // SDK_CORE_PROC_FILES_H_
