// `-o` of um_mount: the generic options become flags of mount(2), as mount(8) does it; the rest is
// the file system's.
#ifndef FRONTENDS_CONTROL_MOUNT_OPTIONS_H_
#define FRONTENDS_CONTROL_MOUNT_OPTIONS_H_

#include <string>

namespace umsdk::frontends {

struct MountOptions {
  unsigned long flags = 0;  // MS_*
  std::string rest;         // comma-separated
};

// A comma inside double quotes separates nothing. The last of contradicting options counts.
MountOptions SplitMountOptions(const std::string& text);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_CONTROL_MOUNT_OPTIONS_H_
