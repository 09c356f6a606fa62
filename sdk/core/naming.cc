#include "sdk/core/naming.h"


#include <cstring>

#include "sdk/core/permissions.h"
#include "sdk/core/virtual_dir.h"
#include "sdk/core/virtual_file.h"

namespace umsdk {
namespace {

std::string DirOf(const std::string& path) { return path.substr(0, path.rfind('/')); }

// A name that leaves the watched directories, or comes from elsewhere, is removed or made there.
void ShowRename(ObjectTable& objects, const std::string& from, const std::string& to) {
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

// The node of `target` lost a name; a file of which that was the last is kept no longer than its opens.
void DropIfLastName(ObjectTable& objects, const Target& target) {
  if (!target.node || !S_ISREG(target.attr.mode)) return;
  bool last = target.attr.nlink <= 1;
  if (!last) {
    // Its other names may have gone meanwhile.
    ErrnoOr<Attr> now = target.node->fs().GetAttr(target.node->id());
    last = !now.ok() || now->nlink == 0;
  }
  if (last) objects.DropRemoved(target.mount.get(), target.node->id());
}

}  // namespace

ErrnoOrOk CheckNewName(Call& call, const Target& target, bool is_dir) {
  if (target.exists || target.last != Target::Last::kName) return Errno(EEXIST);
  if (target.trailing_slash && !is_dir) return Errno(ENOENT);
  if (target.name.size() > target.mount->fs->NameMax()) return Errno(ENAMETOOLONG);
  return CheckCreate(call, *target.mount, target.parent_attr);
}

void NoteCreated(View& view, const Target& target, bool is_dir) {
  if (auto dir = view.objects().WatchedDirAt(DirOf(target.path))) dir->MirrorCreate(target.name, is_dir);
}

void NoteRemoved(View& view, const Target& target) {
  if (view.objects().empty()) return;
  if (auto dir = view.objects().WatchedDirAt(DirOf(target.path))) dir->MirrorRemove(target.name);
  if (auto watched = view.objects().WatchedDirAt(target.path)) {
    watched->Unpin();
    view.objects().Remove(watched->key());  // its watches end with the placeholder
  }
  for (const auto& object : view.objects().All()) {
    bool same = object->node() && target.node && object->mount() == target.mount &&
                object->node()->id() == target.node->id();
    if (same && object->path() == target.path) object->set_path(target.path + " (deleted)");
  }
  DropIfLastName(view.objects(), target);
}

void NoteRenamed(View& view, const Target& from, const Target& to, bool exchanged) {
  if (view.objects().empty() || from.path == to.path) return;
  // Two names of one file: rename(2) does nothing.
  if (to.node && !exchanged && from.node->id() == to.node->id()) return;
  ShowRename(view.objects(), from.path, to.path);
  for (const auto& object : view.objects().All()) {
    if (object->mount() != from.mount) continue;
    std::string path = object->path();
    if (PathIsWithin(path, from.path)) {
      object->set_path(to.path + path.substr(from.path.size()));
    } else if (PathIsWithin(path, to.path)) {
      object->set_path(exchanged ? from.path + path.substr(to.path.size()) : path + " (deleted)");
    }
  }
  if (!exchanged) DropIfLastName(view.objects(), to);
}

}  // namespace umsdk
