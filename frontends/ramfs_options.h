// The mount options of umramfs.
#ifndef FRONTENDS_RAMFS_OPTIONS_H_
#define FRONTENDS_RAMFS_OPTIONS_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace umsdk::frontends {

struct RamfsOptions {
  std::optional<uint64_t> size;  // bytes
  mode_t mode = 01777;           // of the root, as tmpfs has it
  std::optional<uid_t> uid;      // of the root; unset: whoever mounts
  std::optional<gid_t> gid;
  bool read_only = false;
};

// `text`: comma-separated, as mount(2) gets it. An error is one line.
absl::StatusOr<RamfsOptions> ParseRamfsOptions(const std::string& text);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_RAMFS_OPTIONS_H_
