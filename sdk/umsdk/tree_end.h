// How a tree of guests ends: SIGTERM, and SIGKILL to those left after a while. Programs that file
// systems of the view need, and that write because of the SIGTERM, get the time that they take. Those
// that lean on one another are ended before, one by one.
#ifndef UMSDK_TREE_END_H_
#define UMSDK_TREE_END_H_

#include "sdk/core/view.h"
#include "sdk/engine/engine.h"

namespace umsdk {

// Returns when nothing of `tree` is left. Thread-safe.
void EndTree(GuestTree& tree, View& view);

}  // namespace umsdk

#endif  // UMSDK_TREE_END_H_
