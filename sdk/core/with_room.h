// Trying once more when something is full: what closed files still hold may be just what is
// missing.
#ifndef SDK_CORE_WITH_ROOM_H_
#define SDK_CORE_WITH_ROOM_H_

#include "sdk/core/view.h"

namespace umsdk {

// The result of `act()`, an ErrnoOr<T> or ErrnoOrOk; when it is `full`, of its second try.
template <typename Act>
auto WithRoom(View& view, Errno full, const Act& act) {
  auto result = act();
  if (result.ok() || result.error() != full) return result;
  view.objects().Reclaim();
  return act();
}

// The same for what takes space or inodes of a file system.
template <typename Act>
auto WithSpace(View& view, const Act& act) {
  return WithRoom(view, Errno(ENOSPC), act);
}

}  // namespace umsdk

#endif  // SDK_CORE_WITH_ROOM_H_
