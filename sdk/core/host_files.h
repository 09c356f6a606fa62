// HostFiles of a view: where a service's own accesses lead (umsdk/host_files.h).
#ifndef SDK_CORE_HOST_FILES_H_
#define SDK_CORE_HOST_FILES_H_

#include <memory>

#include "sdk/core/layer.h"
#include "sdk/core/view.h"
#include "umsdk/host_files.h"

namespace umsdk {

// Sees the mounts of `layer` that are older than the epoch `before`. A service of the view may keep
// it; it does not keep the layer: when that has ended, every open fails with ENXIO.
std::shared_ptr<HostFiles> MakeHostFiles(View& view, const std::shared_ptr<Layer>& layer,
                                         uint64_t before);

}  // namespace umsdk

#endif  // SDK_CORE_HOST_FILES_H_
