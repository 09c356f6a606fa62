// Fifos of virtual trees: a real fifo of the private directory stands for each node.
#ifndef SDK_CORE_FIFO_H_
#define SDK_CORE_FIFO_H_

#include "sdk/core/path_walk.h"

namespace umsdk {

// Where the node's real fifo is, made if need be. All opens of guests are of it.
ErrnoOr<std::string> FifoPath(Call& call, const Target& target);
// As fifo(7): waits for the other side unless O_NONBLOCK or O_RDWR is given.
Verdict OpenFifo(Call& call, const Target& target, int flags);

}  // namespace umsdk

#endif  // SDK_CORE_FIFO_H_
