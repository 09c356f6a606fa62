// The end of file systems whose programs are guests of the view, and lean on one another: one's image
// lies on another's mount.
#ifndef SDK_CORE_ORDERED_END_H_
#define SDK_CORE_ORDERED_END_H_

#include "sdk/core/view.h"

namespace umsdk {

// Unmounts, newest first, what nobody uses and whose program has something of another mount open, and
// waits for the programs. Before all guests are told to end.
void UnmountLeaning(View& view);

}  // namespace umsdk

#endif  // SDK_CORE_ORDERED_END_H_
