// The requests: system calls normalised to plain structs, the arguments of Service's handlers.
// Paths are canonical: absolute, without symlinks in their directories, as the guest names them.
#ifndef UMSDK_REQUESTS_H_
#define UMSDK_REQUESTS_H_

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "umsdk/file_system.h"

namespace umsdk {

// open, openat, openat2, creat.
struct OpenRequest {
  std::string path;
  int flags = 0;
  mode_t mode = 0;
};

// stat, lstat, newfstatat, statx, access, faccessat(2) of a path.
struct StatRequest {
  std::string path;
  bool follow = true;
};

// mount(2), um_mount, Supervisor::Mount.
struct MountRequest {
  std::string source;   // as given
  std::string target;   // canonical
  std::string type;     // "umfuseext2"
  unsigned long flags = 0;  // MS_*
  std::string options;  // comma-separated
};

// execve, execveat.
struct ExecRequest {
  std::string path;
  std::vector<std::string> argv;
  std::string head;  // the first 256 bytes of the file
};

// socket(2).
struct SocketRequest {
  int family = 0;
  int type = 0;
  int protocol = 0;
};

// Any call, as it was made.
struct CallRequest {
  int64_t number = 0;
  std::array<uint64_t, 6> args = {};
};

}  // namespace umsdk

#endif  // UMSDK_REQUESTS_H_
