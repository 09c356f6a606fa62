// The symlinks of /proc: those whose text depends on the reader, and those that lead to an object.
#ifndef SDK_CORE_PROC_LINKS_H_
#define SDK_CORE_PROC_LINKS_H_

#include <string>

#include "sdk/core/call.h"

namespace umsdk {

struct ProcLink {
  enum class Kind { kNone, kText, kMagic } kind = Kind::kNone;
  std::string text;  // kText: as the guest would read it
};

// `name` in the canonical directory `dir`.
ProcLink ClassifyProcLink(Call& call, const std::string& dir, const std::string& name);

// The last two parts of a canonical /proc/PID/FILE (or /proc/PID/task/TID/FILE): the thread and the
// file; tid 0 when it is no such path.
struct ProcFile {
  pid_t tid = 0;
  std::string file;  // "maps", "fd/3"
};
ProcFile ParseProcFile(const std::string& path);

}  // namespace umsdk

#endif  // SDK_CORE_PROC_LINKS_H_
