// A launch that the kernel refused, in words: what, where, why, what to do.
#ifndef SDK_ENGINE_LAUNCH_LAUNCH_ERROR_H_
#define SDK_ENGINE_LAUNCH_LAUNCH_ERROR_H_

#include "absl/status/status.h"
#include "sdk/engine/launch/launch_page.h"

namespace umsdk {

// Unavailable: this kernel, container or parent does not offer the mechanism, another engine may
// work. FailedPrecondition: a listener is inherited. Others: the command's own preparation failed.
absl::Status LaunchError(LaunchStep step, int error);

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_LAUNCH_ERROR_H_
