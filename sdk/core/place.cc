#include "sdk/core/place.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "sdk/core/real_root.h"
#include "sdk/core/virtual_device.h"

namespace umsdk {

std::string JoinPath(const std::string& dir, const std::string& name) {
  return dir == "/" ? "/" + name : dir + "/" + name;
}

std::string ParentPath(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

void PushComponents(std::vector<std::string>& stack, std::string_view path) {
  size_t end = path.size();
  while (end > 0) {
    size_t slash = path.rfind('/', end - 1);
    size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
    if (begin < end) stack.emplace_back(path.substr(begin, end - begin));
    end = slash == std::string_view::npos ? 0 : slash;
  }
}

ErrnoOr<Place> RootOf(std::shared_ptr<Mount> mount, bool ask) {
  Place place;
  place.path = mount->target;
  place.mount = mount;
  if (mount->device) {
    place.attr = DeviceAttr(mount->device->info());
    return place;
  }
  place.node = std::make_shared<NodeRef>(mount, kRootNode);
  place.attr.mode = S_IFDIR;
  if (ask) {
    UMSDK_ASSIGN_OR_ERRNO(place.attr, mount->fs->GetAttr(kRootNode));
  }
  return place;
}

namespace {

ErrnoOr<Entry> LookUp(Call& call, const Place& dir, const std::string& name) {
  FileSystem& fs = *dir.mount->fs;
  if (name.size() > fs.NameMax()) return Errno(ENAMETOOLONG);
  if (std::optional<ErrnoOr<Entry>> entry = fs.LookupForAnybody(dir.node->id(), name)) return *std::move(entry);
  return fs.Lookup(call.identity().caller, dir.node->id(), name);
}

}  // namespace

ErrnoOr<Place> ChildOf(Call& call, const Place& dir, const std::string& name) {
  UMSDK_ASSIGN_OR_ERRNO(Entry entry, LookUp(call, dir, name));
  Place child;
  child.path = JoinPath(dir.path, name);
  child.mount = dir.mount;
  child.node = std::make_shared<NodeRef>(dir.mount, entry.node);
  child.attr = entry.attr;
  if (S_ISDIR(child.attr.mode)) child.above = std::make_shared<DirLink>(dir.node, dir.above);
  return child;
}

bool IsRealPart(const Mount& mount, std::string_view path) {
  size_t skip = mount.target == "/" ? 1 : mount.target.size() + 1;
  if (mount.traits.real_parts.empty() || path.size() <= skip) return false;
  const std::vector<std::string>& parts = mount.traits.real_parts;
  return std::find(parts.begin(), parts.end(), path.substr(skip)) != parts.end();
}

bool ShowsThrough(Call& call, const Mount& mount, const std::string& path) {
  return mount.traits.see_through && RealRoot(call).Link(path).ok();
}

namespace {

Place RealPlace(const std::string& path) {
  Place place;
  place.path = path;
  return place;
}

}  // namespace

ErrnoOr<Place> Locate(Call& call, const std::string& path) {
  std::string prefix = "/";
  std::shared_ptr<Mount> mount = call.MountAt("/", nullptr);
  for (size_t slash = path.find('/', 1); path != "/"; slash = path.find('/', slash + 1)) {
    std::string upto = path.substr(0, slash);
    if (std::shared_ptr<Mount> deeper = call.MountAt(upto, mount.get())) {
      mount = deeper;
      prefix = upto;
    }
    if (slash == std::string::npos || !call.layer().mounts().HasWithin(upto)) break;
  }
  if (!mount) return RealPlace(path);
  UMSDK_ASSIGN_OR_ERRNO(Place place, RootOf(mount));
  std::vector<std::string> names;
  PushComponents(names, path.substr(prefix == "/" ? 1 : prefix.size()));
  for (; !names.empty(); names.pop_back()) {
    std::string child = JoinPath(place.path, names.back());
    if (IsRealPart(*mount, child)) return RealPlace(path);
    ErrnoOr<Place> next = ChildOf(call, place, names.back());
    if (!next.ok() && next.error() == Errno(ENOENT) && ShowsThrough(call, *mount, child)) return RealPlace(path);
    if (!next.ok()) return next.error();
    place = *std::move(next);
  }
  return place;
}

ErrnoOr<std::optional<Place>> AboveByLink(Call& call, const Place& place) {
  const std::shared_ptr<DirLink>& link = place.above;
  if (!link || !link->holds() || place.mount->traits.revalidate) return std::optional<Place>();
  Place up;
  up.path = ParentPath(place.path);
  if (call.MountAt(up.path, place.mount.get())) return std::optional<Place>();
  up.mount = place.mount;
  up.node = link->node();
  up.above = link->above();
  UMSDK_ASSIGN_OR_ERRNO(up.attr, up.mount->fs->GetAttr(up.node->id()));
  if (up.attr.nlink == 0) up.path += " (deleted)";
  return std::optional<Place>(std::move(up));
}

}  // namespace umsdk
