// How the kernel is led to a memfd by an execve whose registers we cannot change: through the bytes of
// the path argument, or a symlink where the path points to.
#ifndef SDK_CORE_EXEC_PATH_H_
#define SDK_CORE_EXEC_PATH_H_

#include <cstdint>
#include <string>

#include "sdk/core/call.h"

namespace umsdk {

// "/dev/fd/N" or "/proc/self/fd/N", stretched with slashes to exactly `length` characters; empty when
// it is longer than that.
std::string DescriptorPath(int fd, size_t length);

// A path argument of the guest's: its address, what it reads, and the directory that it starts from.
struct ExecPath {
  int dirfd = -100;  // AT_FDCWD
  uint64_t address = 0;
  std::string text;
};

// Makes the path argument lead to the guest's descriptor `fd`. False: there is no way (it is too short).
bool LeadPathTo(Call& call, const ExecPath& path, int fd, ExecFixup fixup);

// Puts strings right after the exec: in the new image, or in the old one when the exec failed.
// True: the guest was made to run calls, so this one must go back and come again.
bool FinishExec(Call& call);

}  // namespace umsdk

#endif  // SDK_CORE_EXEC_PATH_H_
