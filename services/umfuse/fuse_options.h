// The options of mount(2) for types fuse, fuse.* and fuseblk, as fusermount and libfuse give them.
#ifndef SERVICES_UMFUSE_FUSE_OPTIONS_H_
#define SERVICES_UMFUSE_FUSE_OPTIONS_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace umsdk::umfuse {

struct KernelOptions {
  int fd = -1;
  mode_t root_mode = 0;
  uid_t user_id = 0;
  gid_t group_id = 0;
  bool default_permissions = false;
  bool allow_other = false;
  uint32_t max_read = 0;  // bytes; 0: not given
};

// nullopt, as the kernel: an unknown option, a bad number, or fd, rootmode, user_id or group_id
// missing.
std::optional<KernelOptions> ParseKernelOptions(std::string_view text);

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_FUSE_OPTIONS_H_
