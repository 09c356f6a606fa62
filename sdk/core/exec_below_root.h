// exec of a guest whose root directory is virtual. The kernel resolves what it opens by itself from the
// placeholder of that root: so interpreters are held there, and the image is led to by a copy.
#ifndef SDK_CORE_EXEC_BELOW_ROOT_H_
#define SDK_CORE_EXEC_BELOW_ROOT_H_

#include <memory>

#include "sdk/core/call.h"
#include "sdk/core/program_image.h"

namespace umsdk {

// Whether the guest's root directory is virtual.
bool HasVirtualRoot(Call& call);
// Puts the interpreter of the image, and those of that, where the kernel will look for them.
ErrnoOrOk HoldInterpreters(Call& call, const ProgramImage& image);
ErrnoOr<std::shared_ptr<const ImageCopy>> CopyOfImage(Call& call, const ProgramImage& image);

}  // namespace umsdk

#endif  // SDK_CORE_EXEC_BELOW_ROOT_H_
