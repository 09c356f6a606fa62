#include "sdk/core/naming.h"

#include <limits.h>

#include <cstring>

#include "sdk/core/permissions.h"

namespace umsdk {

ErrnoOrOk CheckNewName(Call& call, const Target& target, bool is_dir) {
  if (target.exists || target.last != Target::Last::kName) return Errno(EEXIST);
  if (target.trailing_slash && !is_dir) return Errno(ENOENT);
  if (target.name.size() > NAME_MAX) return Errno(ENAMETOOLONG);
  return CheckCreate(call, *target.mount, target.parent_attr);
}

void NoteRemoved(View& view, const Target& target) {
  if (view.objects().empty()) return;
  for (const auto& object : view.objects().All()) {
    bool same = object->node() && target.node && object->mount() == target.mount &&
                object->node()->id() == target.node->id();
    if (same && object->path() == target.path) object->set_path(target.path + " (deleted)");
  }
}

void NoteRenamed(View& view, const std::string& from, const std::string& to) {
  if (view.objects().empty()) return;
  for (const auto& object : view.objects().All()) {
    std::string path = object->path();
    if (path == to) object->set_path(to + " (deleted)");
    if (PathIsWithin(path, from)) object->set_path(to + path.substr(from.size()));
  }
}

}  // namespace umsdk
