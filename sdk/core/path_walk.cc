#include "sdk/core/path_walk.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "sdk/core/permissions.h"
#include "sdk/core/proc_links.h"
#include "sdk/core/real_root.h"
#include "sdk/core/virtual_device.h"

namespace umsdk {
namespace {

constexpr int kMaxLinks = 40;  // MAXSYMLINKS

// A place on the way. Real when it has no mount.
struct Place {
  std::string path = "/";
  std::shared_ptr<Mount> mount;
  NodePtr node;
  Attr attr;
  std::shared_ptr<OpenObject> object;
  bool is_real() const { return !mount && !object; }
};

std::string Join(const std::string& dir, const std::string& name) {
  return dir == "/" ? "/" + name : dir + "/" + name;
}

std::string Parent(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Splits into components, last first, so that the next one is at the back.
void PushComponents(std::vector<std::string>& stack, std::string_view path) {
  size_t end = path.size();
  while (end > 0) {
    size_t slash = path.rfind('/', end - 1);
    size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
    if (begin < end) stack.emplace_back(path.substr(begin, end - begin));
    end = slash == std::string_view::npos ? 0 : slash;
  }
}

class PathWalk {
 public:
  PathWalk(Call& call, const WalkOptions& options)
      : call_(call), view_(call.view()), options_(options), root_(call) {}

  ErrnoOr<Target> Run(int dirfd, const std::string& path);

 private:
  // The walk met the kernel's own business: it finds the same by itself.
  static Target Native(std::string path) {
    Target target;
    target.native = true;
    target.path = std::move(path);
    return target;
  }

  ErrnoOr<bool> Start(int dirfd, const std::string& path);
  ErrnoOrOk StartAt(const std::string& proc_path);
  ErrnoOr<Place> MountRoot(std::shared_ptr<Mount> mount);
  ErrnoOr<Place> Locate(const std::string& path);
  ErrnoOr<Place> ChildOf(const Place& dir, const std::string& name);
  ErrnoOrOk GoUp();
  ErrnoOrOk EnterRoot();
  bool SkipRealStretch();
  bool TakeReal(const std::string& path, size_t components);
  bool EnterMount(const std::shared_ptr<Mount>& mount, size_t components);
  // Takes one component; nullopt: go on. A Target: the walk is over.
  ErrnoOr<std::optional<Target>> Step();
  ErrnoOr<std::optional<Target>> StepReal(const std::string& name, const std::string& path, bool last);
  ErrnoOr<std::optional<Target>> StepVirtual(const std::string& name, const std::string& path, bool last);
  ErrnoOr<std::optional<Target>> FollowLink(const std::string& text);
  ErrnoOrOk CheckSearch();
  Target Missing(const std::string& name, const std::string& path) const;
  Target Found() const;

  Call& call_;
  View& view_;
  const WalkOptions options_;
  RealRoot root_;
  Place here_;
  Place parent_;  // of here_, when the last step went down from it
  std::string name_;
  Target::Last last_ = Target::Last::kRoot;
  std::vector<std::string> rest_;
  bool trailing_slash_ = false;
  bool crossed_ = false;  // virtual ground was met: the guest's arguments mislead the kernel
  bool step_by_step_ = false;  // the kernel could not take the rest at once
  int links_ = 0;
  std::string floor_;  // RESOLVE_BENEATH, RESOLVE_IN_ROOT: never above this
  Place start_;
};

ErrnoOr<Place> PathWalk::MountRoot(std::shared_ptr<Mount> mount) {
  Place place;
  place.path = mount->target;
  place.mount = mount;
  if (mount->device) {
    place.attr = DeviceAttr(mount->device->info());
    return place;
  }
  place.node = std::make_shared<NodeRef>(mount, kRootNode);
  UMSDK_ASSIGN_OR_ERRNO(place.attr, mount->fs->GetAttr(kRootNode));
  return place;
}

ErrnoOr<Place> PathWalk::ChildOf(const Place& dir, const std::string& name) {
  if (name.size() > NAME_MAX) return Errno(ENAMETOOLONG);
  UMSDK_ASSIGN_OR_ERRNO(Entry entry, dir.mount->fs->Lookup(call_.caller(), dir.node->id(), name));
  Place child;
  child.path = Join(dir.path, name);
  child.mount = dir.mount;
  child.node = std::make_shared<NodeRef>(dir.mount, entry.node);
  child.attr = entry.attr;
  return child;
}

// The place of a canonical path: nothing in it is a symlink.
ErrnoOr<Place> PathWalk::Locate(const std::string& path) {
  std::string prefix = "/";
  std::shared_ptr<Mount> mount = view_.mounts().At("/", nullptr);
  for (size_t slash = path.find('/', 1); path != "/"; slash = path.find('/', slash + 1)) {
    std::string upto = path.substr(0, slash);
    if (std::shared_ptr<Mount> deeper = view_.mounts().At(upto, mount.get())) {
      mount = deeper;
      prefix = upto;
    }
    if (slash == std::string::npos) break;
  }
  if (!mount) {
    Place place;
    place.path = path;
    return place;
  }
  crossed_ = true;
  UMSDK_ASSIGN_OR_ERRNO(Place place, MountRoot(mount));
  std::vector<std::string> names;
  PushComponents(names, path.substr(prefix == "/" ? 1 : prefix.size()));
  for (; !names.empty(); names.pop_back()) {
    UMSDK_ASSIGN_OR_ERRNO(place, ChildOf(place, names.back()));
  }
  return place;
}

ErrnoOrOk PathWalk::EnterRoot() {
  if ((options_.resolve & RESOLVE_BENEATH) != 0) return Errno(EXDEV);
  if ((options_.resolve & RESOLVE_IN_ROOT) != 0) {
    here_ = start_;
    return {};
  }
  UMSDK_ASSIGN_OR_ERRNO(here_, Locate(root_.root()));
  last_ = Target::Last::kRoot;
  return {};
}

ErrnoOrOk PathWalk::StartAt(const std::string& proc_path) {
  if (std::shared_ptr<OpenObject> object = ObjectAt(view_, proc_path)) {
    crossed_ = true;
    here_.path = object->path();
    here_.mount = object->mount();
    here_.node = object->node();
    here_.object = object;
    UMSDK_ASSIGN_OR_ERRNO(here_.attr, object->Stat());
    return {};
  }
  here_ = Place();
  here_.path = ReadProcLink(proc_path);
  return {};
}

// False: on real ground from which only the kernel can go on (a bad descriptor, a deleted directory).
ErrnoOr<bool> PathWalk::Start(int dirfd, const std::string& path) {
  if (path.starts_with('/') && options_.resolve == 0) {
    UMSDK_RETURN_IF_ERRNO(EnterRoot());
    return true;
  }
  UMSDK_RETURN_IF_ERRNO(
      StartAt(call_.ProcPath(dirfd == AT_FDCWD ? "cwd" : "fd/" + std::to_string(dirfd))));
  start_ = here_;
  floor_ = here_.path;
  if (path.starts_with('/')) UMSDK_RETURN_IF_ERRNO(EnterRoot());
  if (!here_.is_real()) return true;
  return here_.path.starts_with('/') && !here_.path.ends_with(" (deleted)") &&
         PathIsWithin(here_.path, root_.root());
}

// Takes all components up to the next mount at once, if the kernel confirms that no symlink is there.
// When the last one is missing (a file about to be made), all but that one.
bool PathWalk::SkipRealStretch() {
  std::vector<std::string> paths;  // after each component
  std::string path = here_.path;
  std::shared_ptr<Mount> mount;
  while (paths.size() < rest_.size() && !mount) {
    const std::string& name = rest_[rest_.size() - 1 - paths.size()];
    if (name == ".." || name.size() > NAME_MAX) break;
    if (name != ".") path = Join(path, name);
    paths.push_back(path);
    mount = view_.mounts().At(path, nullptr);
  }
  // "/proc": self and the magic links.
  if (paths.empty() || path.starts_with("/proc/") || step_by_step_) return false;
  if (mount) return paths.size() > 1 && (options_.resolve & RESOLVE_NO_XDEV) == 0 && EnterMount(mount, paths.size());
  bool to_end = paths.size() == rest_.size();
  if (root_.Probe(path, !to_end || trailing_slash_).ok()) return TakeReal(path, paths.size());
  size_t fewer = paths.size() - 1;
  if (to_end && fewer > 0 && root_.Probe(paths[fewer - 1], true).ok()) {
    TakeReal(paths[fewer - 1], fewer);
  }
  step_by_step_ = true;  // there is a symlink, or something is missing
  return false;
}

bool PathWalk::TakeReal(const std::string& path, size_t components) {
  rest_.resize(rest_.size() - components);
  parent_ = Place();
  parent_.path = Parent(path);
  here_.path = path;
  last_ = Target::Last::kName;
  return true;
}

bool PathWalk::EnterMount(const std::shared_ptr<Mount>& mount, size_t components) {
  if (!root_.Probe(Parent(mount->target), true).ok()) return false;
  ErrnoOr<Place> root = MountRoot(mount);
  if (!root.ok()) return false;
  TakeReal(mount->target, components);
  here_ = *std::move(root);
  last_ = Target::Last::kRoot;
  crossed_ = true;
  return true;
}

ErrnoOrOk PathWalk::CheckSearch() {
  if (!S_ISDIR(here_.attr.mode) || !here_.node) return Errno(ENOTDIR);
  return CheckAccess(call_, *here_.mount, here_.attr, X_OK);
}

ErrnoOrOk PathWalk::GoUp() {
  if (!here_.is_real()) UMSDK_RETURN_IF_ERRNO(CheckSearch());
  last_ = Target::Last::kDotDot;
  if ((options_.resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) != 0 && here_.path == floor_) {
    return (options_.resolve & RESOLVE_BENEATH) != 0 ? ErrnoOrOk(Errno(EXDEV)) : ErrnoOrOk();
  }
  if (here_.path == root_.root() || here_.path == "/") return {};
  bool real = here_.is_real();
  UMSDK_ASSIGN_OR_ERRNO(here_, Locate(Parent(here_.path)));
  if (real && !here_.is_real()) crossed_ = true;
  return {};
}

ErrnoOr<std::optional<Target>> PathWalk::FollowLink(const std::string& text) {
  if ((options_.resolve & RESOLVE_NO_SYMLINKS) != 0 || ++links_ > kMaxLinks) return Errno(ELOOP);
  if (text.empty()) return Errno(ENOENT);
  PushComponents(rest_, text);
  step_by_step_ = false;
  if (text.starts_with('/')) UMSDK_RETURN_IF_ERRNO(EnterRoot());
  if (text.ends_with('/') && rest_.empty()) trailing_slash_ = true;
  return std::optional<Target>();
}

Target PathWalk::Missing(const std::string& name, const std::string& path) const {
  Target target;
  target.path = path;
  target.mount = here_.mount;
  target.parent = here_.node;
  target.parent_attr = here_.attr;
  target.name = name;
  target.trailing_slash = trailing_slash_;
  return target;
}

ErrnoOr<std::optional<Target>> PathWalk::StepVirtual(const std::string& name, const std::string& path,
                                                     bool last) {
  UMSDK_RETURN_IF_ERRNO(CheckSearch());
  ErrnoOr<Place> child = ChildOf(here_, name);
  if (!child.ok()) {
    if (child.error() == Errno(ENOENT) && last) return std::optional<Target>(Missing(name, path));
    return child.error();
  }
  bool follow = !last || options_.follow || (trailing_slash_ && options_.slash_follows);
  if (S_ISLNK(child->attr.mode) && follow) {
    UMSDK_ASSIGN_OR_ERRNO(std::string text, child->mount->fs->ReadLink(child->node->id()));
    return FollowLink(text);
  }
  parent_ = std::move(here_);
  here_ = *std::move(child);
  name_ = name;
  last_ = Target::Last::kName;
  return std::optional<Target>();
}

ErrnoOr<std::optional<Target>> PathWalk::StepReal(const std::string& name, const std::string& path,
                                                  bool last) {
  // Links of /proc that depend on who reads them, or that lead to an object and not to a path.
  bool follow = !last || options_.follow || (trailing_slash_ && options_.slash_follows);
  ProcLink link = ClassifyProcLink(call_, here_.path, name);
  if (link.kind == ProcLink::Kind::kText && follow) return FollowLink(link.text);
  if (link.kind == ProcLink::Kind::kMagic && follow) {
    if ((options_.resolve & RESOLVE_NO_MAGICLINKS) != 0) return Errno(ELOOP);
    if (ObjectAt(view_, path)) {
      UMSDK_RETURN_IF_ERRNO(StartAt(path));
      parent_ = Place();
      last_ = Target::Last::kRoot;
      return std::optional<Target>();
    }
    std::string text = ReadProcLink(path);
    if (last || !text.starts_with('/') || text.ends_with(" (deleted)")) {
      return std::optional<Target>(Native(path));
    }
    return FollowLink(text);
  }
  ErrnoOr<std::optional<std::string>> symlink = root_.Link(path);
  if (!symlink.ok()) {
    if (crossed_ && (!last || symlink.error() != Errno(ENOENT))) return symlink.error();
    Target missing = Missing(name, path);
    missing.native = !crossed_;
    return std::optional<Target>(missing);
  }
  if (symlink->has_value() && follow) return FollowLink(**symlink);
  parent_ = here_;
  here_.path = path;
  name_ = name;
  last_ = Target::Last::kName;
  return std::optional<Target>();
}

ErrnoOr<std::optional<Target>> PathWalk::Step() {
  std::string name = std::move(rest_.back());
  rest_.pop_back();
  bool last = rest_.empty();
  if (name == "..") {
    UMSDK_RETURN_IF_ERRNO(GoUp());
    return std::optional<Target>();
  }
  if (name == ".") {
    if (!here_.is_real()) UMSDK_RETURN_IF_ERRNO(CheckSearch());
    last_ = Target::Last::kDot;
    return std::optional<Target>();
  }
  std::string path = Join(here_.path, name);
  if (std::shared_ptr<Mount> mount = view_.mounts().At(path, here_.mount.get())) {
    if ((options_.resolve & RESOLVE_NO_XDEV) != 0) return Errno(EXDEV);
    if (!here_.is_real()) UMSDK_RETURN_IF_ERRNO(CheckSearch());
    UMSDK_ASSIGN_OR_ERRNO(Place root, MountRoot(mount));
    parent_ = std::move(here_);
    here_ = std::move(root);
    name_ = name;
    last_ = Target::Last::kRoot;
    crossed_ = true;
    return std::optional<Target>();
  }
  return here_.is_real() ? StepReal(name, path, last) : StepVirtual(name, path, last);
}

Target PathWalk::Found() const {
  if (!crossed_) return Native(here_.path);
  Target target;
  target.exists = true;
  target.path = here_.path;
  target.mount = here_.mount;
  target.node = here_.node;
  target.attr = here_.attr;
  target.object = here_.object;
  target.last = last_;
  target.trailing_slash = trailing_slash_;
  if (last_ == Target::Last::kName && parent_.mount) {
    target.parent = parent_.node;
    target.parent_attr = parent_.attr;
    target.name = name_;
  }
  return target;
}

ErrnoOr<Target> PathWalk::Run(int dirfd, const std::string& path) {
  if (path.empty() && !options_.empty_ok) return Native(path);  // ENOENT, as the kernel says
  UMSDK_ASSIGN_OR_ERRNO(bool walkable, Start(dirfd, path));
  if (!walkable) return Native(here_.path);
  PushComponents(rest_, path);
  trailing_slash_ = path.ends_with('/') || path.ends_with("/.");
  while (!rest_.empty()) {
    if (here_.is_real() && SkipRealStretch()) continue;
    UMSDK_ASSIGN_OR_ERRNO(std::optional<Target> end, Step());
    if (end.has_value()) return *std::move(end);
  }
  if (crossed_ && trailing_slash_ && here_.mount && !S_ISDIR(here_.attr.mode)) return Errno(ENOTDIR);
  bool changed_mount = crossed_ && here_.mount != start_.mount;
  if ((options_.resolve & RESOLVE_NO_XDEV) != 0 && changed_mount) return Errno(EXDEV);
  return Found();
}

}  // namespace

ErrnoOr<Target> WalkPath(Call& call, int dirfd, const std::string& path, WalkOptions options) {
  return PathWalk(call, options).Run(dirfd, path);
}

}  // namespace umsdk
