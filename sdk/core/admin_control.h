// The control call with which a process inside the view comes to administer it (umsdk/control.h).
#ifndef SDK_CORE_ADMIN_CONTROL_H_
#define SDK_CORE_ADMIN_CONTROL_H_

#include "sdk/core/call.h"

namespace umsdk {

Verdict Administer(Call& call);

}  // namespace umsdk

#endif  // SDK_CORE_ADMIN_CONTROL_H_
