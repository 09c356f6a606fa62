// RealBase: a real root directory of a guest, through which real files are reached as the guest would.
#ifndef SDK_CORE_REAL_BASE_H_
#define SDK_CORE_REAL_BASE_H_

#include <string>

#include "sdk/base/unique_fd.h"

namespace umsdk {

// Who is chrooted into a virtual directory keeps the one of before: descriptors lead to it. Immutable.
struct RealBase {
  std::string path = "/";  // as the host names it
  UniqueFd fd;             // O_PATH, in the guest's mount namespace
};

}  // namespace umsdk

#endif  // SDK_CORE_REAL_BASE_H_
