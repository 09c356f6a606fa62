// The control calls with which a process enters and leaves a sub-view (umsdk/control.h).
#ifndef SDK_CORE_SUB_VIEW_CONTROL_H_
#define SDK_CORE_SUB_VIEW_CONTROL_H_

#include "sdk/core/call.h"

namespace umsdk {

Verdict EnterSubView(Call& call);
// Flushes and unmounts what was mounted in it, newest first.
Verdict LeaveSubView(Call& call);

}  // namespace umsdk

#endif  // SDK_CORE_SUB_VIEW_CONTROL_H_
