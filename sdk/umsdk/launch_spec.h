// From a Command to what an engine can execute without thinking. Not part of the public API.
#ifndef UMSDK_LAUNCH_SPEC_H_
#define UMSDK_LAUNCH_SPEC_H_

#include "sdk/engine/engine.h"
#include "umsdk/command.h"

namespace umsdk {

LaunchSpec MakeLaunchSpec(const Command& command);

}  // namespace umsdk

#endif  // UMSDK_LAUNCH_SPEC_H_
