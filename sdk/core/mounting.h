// Mounting and unmounting, for guests (mount(2), um_mount) and for the host (Supervisor::Mount).
#ifndef SDK_CORE_MOUNTING_H_
#define SDK_CORE_MOUNTING_H_

#include <optional>
#include <string>

#include "sdk/core/call.h"

namespace umsdk {

struct MountArgs {
  std::string source;
  std::string target;  // as given
  std::string type;
  unsigned long flags = 0;
  std::string options;
};

// nullopt: no service claims the type and the target is real, so the kernel decides.
std::optional<Verdict> MountForGuest(Call& call, const MountArgs& args);
std::optional<Verdict> UnmountForGuest(Call& call, const std::string& target, int flags);
// The core of both; `target` is canonical.
ErrnoOrOk Unmount(View& view, Layer& layer, const std::shared_ptr<Mount>& mount, int flags);
// Afterwards: waits for what its file system still does behind its last user, of whom the caller is one.
ErrnoOrOk AwaitMountEnd(std::shared_ptr<Mount> mount, bool lazy);
// Flushes and unmounts all that the layer has, newest first.
void UnmountLayer(View& view, Layer& layer);

}  // namespace umsdk

#endif  // SDK_CORE_MOUNTING_H_
