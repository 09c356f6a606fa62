// How the kernel is led to a memfd: an execve is made to name another path than the guest's, by the
// registers. Where a debugger holds the guest, by a symlink where its path points to, or by the bytes
// of the path argument.
#ifndef SDK_CORE_EXEC_PATH_H_
#define SDK_CORE_EXEC_PATH_H_

#include <cstdint>
#include <memory>
#include <string>

#include "sdk/core/call.h"
#include "sdk/core/image_copies.h"

namespace umsdk {

// "/dev/fd/N" or "/proc/self/fd/N", stretched with slashes to exactly `length` characters; empty when
// it is longer than that.
std::string DescriptorPath(int fd, size_t length);
// The shortest of them.
inline std::string DescriptorPath(int fd) { return "/dev/fd/" + std::to_string(fd); }

// The arguments of an exec: the address of the path, what it reads, the directory that it starts from.
struct ExecPath {
  int dirfd = -100;  // AT_FDCWD
  uint64_t address = 0;
  std::string text = {};
  uint64_t argv = 0, envp = 0;
  int flags = 0;  // of execveat
};

// What the kernel is to execute.
struct ExecLead {
  int fd = -1;                            // a descriptor of the guest's
  std::shared_ptr<const ImageCopy> copy;  // or this, below a virtual root
  bool none() const { return fd < 0 && !copy; }
};

// Makes the exec lead there, once the call goes on. False: there is no way.
bool LeadPathTo(Call& call, const ExecPath& path, const ExecLead& lead, ExecFixup fixup);

// Removes what was made in the private directory to lead there.
void RemoveLead(Call& call, const ExecFixup& fixup);

// Puts strings right after the exec: in the new image, or in the old one when the exec failed.
// True: the guest was made to run calls, so this one must go back and come again.
bool FinishExec(Call& call);

}  // namespace umsdk

#endif  // SDK_CORE_EXEC_PATH_H_
