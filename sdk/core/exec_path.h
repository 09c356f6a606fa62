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

// Makes the guest's path argument at `address`, which reads `path`, lead to its descriptor `fd`.
// False: there is no way (the path is too short).
bool LeadPathTo(Call& call, uint64_t address, const std::string& path, int fd, ExecFixup fixup);

// Puts strings right after the exec: in the new image, or in the old one when the exec failed.
void FinishExec(Call& call);

}  // namespace umsdk

#endif  // SDK_CORE_EXEC_PATH_H_
