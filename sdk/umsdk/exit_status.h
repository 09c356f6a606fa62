// From an engine's event to what the public API tells. Not part of the public API.
#ifndef UMSDK_EXIT_STATUS_H_
#define UMSDK_EXIT_STATUS_H_

#include "sdk/engine/engine.h"
#include "umsdk/command.h"

namespace umsdk {

// Of an event of kind kExited.
ExitStatus ToExitStatus(const GuestEvent& event);

}  // namespace umsdk

#endif  // UMSDK_EXIT_STATUS_H_
