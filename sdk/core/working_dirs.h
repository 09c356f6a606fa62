// Working directories on mounts: whether some process still has one, which no close tells.
#ifndef SDK_CORE_WORKING_DIRS_H_
#define SDK_CORE_WORKING_DIRS_H_

#include "sdk/core/view.h"

namespace umsdk {

// Lets go the directories of the mount that were working directories and are none any more.
void DropLeftDirs(View& view, const Mount* mount);
// A directory has become a working directory. Now and then looks which ones were left, everywhere.
void NoteWorkingDir(View& view);

}  // namespace umsdk

#endif  // SDK_CORE_WORKING_DIRS_H_
