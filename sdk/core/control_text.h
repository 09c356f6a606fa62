// Texts that a control call hands back (umsdk/control.h).
#ifndef SDK_CORE_CONTROL_TEXT_H_
#define SDK_CORE_CONTROL_TEXT_H_

#include <limits.h>

#include <algorithm>
#include <string>

#include "sdk/core/call.h"
#include "umsdk/control.h"

namespace umsdk {

// As much of it as the caller has room for, with a NUL.
inline void PutText(Call& call, const ControlText& where, const std::string& text) {
  if (where.size == 0) return;
  std::string bytes = text.substr(0, std::min<uint64_t>(where.size - 1, PATH_MAX));
  bytes.push_back('\0');
  (void)call.Put(where.text, bytes.data(), bytes.size());
}

}  // namespace umsdk

#endif  // SDK_CORE_CONTROL_TEXT_H_
