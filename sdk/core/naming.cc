#include "sdk/core/naming.h"

#include <limits.h>

#include <cstring>

#include "sdk/core/permissions.h"
#include "sdk/core/virtual_dir.h"
#include "sdk/core/virtual_file.h"

namespace umsdk {

static std::string DirOf(const std::string& path) { return path.substr(0, path.rfind('/')); }

ErrnoOrOk CheckNewName(Call& call, const Target& target, bool is_dir) {
  if (target.exists || target.last != Target::Last::kName) return Errno(EEXIST);
  if (target.trailing_slash && !is_dir) return Errno(ENOENT);
  if (target.name.size() > NAME_MAX) return Errno(ENAMETOOLONG);
  return CheckCreate(call, *target.mount, target.parent_attr);
}

void NoteCreated(View& view, const Target& target, bool is_dir) {
  if (auto dir = view.objects().WatchedDirAt(DirOf(target.path))) dir->MirrorCreate(target.name, is_dir);
}

void NoteRemoved(View& view, const Target& target) {
  if (view.objects().empty()) return;
  if (auto dir = view.objects().WatchedDirAt(DirOf(target.path))) dir->MirrorRemove(target.name);
  for (const auto& object : view.objects().All()) {
    bool same = object->node() && target.node && object->mount() == target.mount &&
                object->node()->id() == target.node->id();
    if (same && object->path() == target.path) object->set_path(target.path + " (deleted)");
  }
  bool last = S_ISREG(target.attr.mode) && target.attr.nlink <= 1;
  if (last && target.node) view.objects().DropRemoved(target.mount.get(), target.node->id());
}

// A name that leaves the watched directories, or comes from elsewhere, is removed or made there.
static void ShowRename(ObjectTable& objects, const std::string& from, const std::string& to) {
  auto from_dir = objects.WatchedDirAt(DirOf(from)), to_dir = objects.WatchedDirAt(DirOf(to));
  std::string name = from.substr(from.rfind('/') + 1), to_name = to.substr(to.rfind('/') + 1);
  if (from_dir && to_dir) {
    from_dir->MirrorRename(name, *to_dir, to_name);
  } else if (from_dir) {
    from_dir->MirrorRemove(name);
  } else if (to_dir) {
    to_dir->MirrorCreate(to_name, false);
  }
}

void NoteRenamed(View& view, const std::string& from, const std::string& to) {
  if (view.objects().empty()) return;
  ShowRename(view.objects(), from, to);
  for (const auto& object : view.objects().All()) {
    std::string path = object->path();
    if (path == to) object->set_path(to + " (deleted)");
    if (PathIsWithin(path, from)) object->set_path(to + path.substr(from.size()));
  }
}

}  // namespace umsdk
