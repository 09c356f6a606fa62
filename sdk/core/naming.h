// Names that come, go and move in virtual directories.
#ifndef SDK_CORE_NAMING_H_
#define SDK_CORE_NAMING_H_

#include <string>

#include "sdk/core/path_walk.h"

namespace umsdk {

// May something be made at `target`? The errors of filename_create() in fs/namei.c.
ErrnoOrOk CheckNewName(Call& call, const Target& target, bool is_dir);
// Tells a guest that watches the directory of `target` with inotify.
void NoteCreated(View& view, const Target& target, bool is_dir);
// Open objects keep telling their paths: after an unlink, and after a rename.
void NoteRemoved(View& view, const Target& target);
void NoteRenamed(View& view, const Target& from, const Target& to, bool exchanged);

}  // namespace umsdk

#endif  // SDK_CORE_NAMING_H_
