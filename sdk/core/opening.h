// Opening virtual things: from a Target to a descriptor of the guest's.
#ifndef SDK_CORE_OPENING_H_
#define SDK_CORE_OPENING_H_

#include <memory>

#include "sdk/core/path_walk.h"
#include "sdk/core/virtual_dir.h"
#include "sdk/core/virtual_file.h"
#include "umsdk/native_file.h"

namespace umsdk {

// EMFILE when the guest has no descriptor free: asked before an open changes anything.
ErrnoOrOk RoomForDescriptor(Call& call);
// The open file of a node: the one that guests share already, or a new one.
ErrnoOr<std::shared_ptr<VirtualFile>> FileOfTarget(Call& call, const Target& target);
// A new open of a virtual directory, with a placeholder of its own.
ErrnoOr<std::shared_ptr<VirtualDir>> DirOfTarget(Call& call, const Target& target);
// A File of a service as a regular file at `path`.
ErrnoOr<std::shared_ptr<VirtualFile>> FileOfService(View& view, std::unique_ptr<File> file,
                                                    const std::string& path);
// A real descriptor of a service's, or of the device that `mount` is.
Verdict InstallNative(Call& call, const std::shared_ptr<Mount>& mount, const std::string& path,
                      NativeOpen open, int flags);
// Opens an existing virtual target (permissions checked by the caller) and installs the descriptor.
Verdict InstallTarget(Call& call, const Target& target, int flags);

}  // namespace umsdk

#endif  // SDK_CORE_OPENING_H_
