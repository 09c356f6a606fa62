#include "sdk/core/path_walk.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sdk/core/path_walker.h"
#include "sdk/core/permissions.h"
#include "sdk/core/virtual_dir.h"

namespace umsdk {
namespace {

constexpr int kMaxLinks = 40;  // MAXSYMLINKS

}  // namespace

ErrnoOrOk PathWalk::EnterRoot() {
  if ((options_.resolve & RESOLVE_BENEATH) != 0) return Errno(EXDEV);
  if ((options_.resolve & RESOLVE_IN_ROOT) != 0) {
    here_ = start_;
    return {};
  }
  last_ = Target::Last::kRoot;
  // By the object: its name may have changed, or be gone.
  if (root_.object()) return StandOn(root_.object());
  UMSDK_ASSIGN_OR_ERRNO(here_, Locate(call_, root_.root()));
  if (!here_.is_real()) crossed_ = true;
  return {};
}

ErrnoOrOk PathWalk::StandOn(const std::shared_ptr<OpenObject>& object) {
  crossed_ = true;
  here_.path = object->path();
  here_.mount = object->mount();
  here_.node = object->node();
  here_.object = object;
  here_.above = object->dir() != nullptr ? object->dir()->above() : nullptr;
  UMSDK_ASSIGN_OR_ERRNO(here_.attr, object->Stat());
  return {};
}

ErrnoOrOk PathWalk::StartAt(const std::string& proc_path) {
  if (std::shared_ptr<OpenObject> object = ObjectAt(view_, proc_path)) return StandOn(object);
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
  std::string from = call_.ProcPath(dirfd == AT_FDCWD ? "cwd" : "fd/" + std::to_string(dirfd));
  if (dirfd == AT_FDCWD && !view_.objects().has_dirs()) {
    here_.path = ReadProcLink(from);
  } else {
    UMSDK_RETURN_IF_ERRNO(StartAt(from));
  }
  struct stat st;
  if (dirfd != AT_FDCWD && here_.path.empty() && ::lstat(from.c_str(), &st) != 0 && errno == ENOENT) {
    return Errno(EBADF);
  }
  start_ = here_;
  floor_ = here_.path;
  if (path.starts_with('/')) UMSDK_RETURN_IF_ERRNO(EnterRoot());
  if (!here_.is_real()) return true;
  return here_.path.starts_with('/') && !here_.path.ends_with(" (deleted)") &&
         root_.Reaches(here_.path);
}

ErrnoOrOk PathWalk::CheckSearch() {
  if (!S_ISDIR(here_.attr.mode) || !here_.node) return Errno(ENOTDIR);
  return CheckAccess(call_, *here_.mount, here_.attr, X_OK);
}

ErrnoOrOk PathWalk::GoUp() {
#ifndef UMSDK_PLANTED_BUG  // what tools/fuzz --planted must find
  if (!here_.is_real()) UMSDK_RETURN_IF_ERRNO(CheckSearch());
#endif
  last_ = Target::Last::kDotDot;
  if ((options_.resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) != 0 && here_.path == floor_) {
    return (options_.resolve & RESOLVE_BENEATH) != 0 ? ErrnoOrOk(Errno(EXDEV)) : ErrnoOrOk();
  }
  if (here_.path == root_.root() || here_.path == "/") return {};
  UMSDK_ASSIGN_OR_ERRNO(std::optional<Place> above, AboveByLink(call_, here_));
  if (above.has_value()) {
    here_ = *std::move(above);
    return {};
  }
  UMSDK_ASSIGN_OR_ERRNO(here_, Locate(call_, ParentPath(here_.path)));
  if (!here_.is_real()) crossed_ = true;
  return {};
}

// The guest may not search the real directory: the kernel's to tell, if it comes there.
ErrnoOr<std::optional<Target>> PathWalk::Unsearched() const {
  if (crossed_) return Errno(EACCES);
  return std::optional<Target>(Native(here_.path));
}

ErrnoOr<std::optional<Target>> PathWalk::FollowLink(const std::string& text) {
  if ((options_.resolve & RESOLVE_NO_SYMLINKS) != 0 || ++links_ > kMaxLinks) {
    // The kernel's to tell, which looks at the paths of a call one after the other.
    if (!crossed_) return std::optional<Target>(Native(here_.path));
    return Errno(ELOOP);
  }
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
  if (IsRealPart(*here_.mount, path)) return StepDownToReal(name, path, last);
  ErrnoOr<Place> child = ChildOf(call_, here_, name);
  if (!child.ok()) {
    bool missing = child.error() == Errno(ENOENT);
    if (missing && ShowsThrough(call_, *here_.mount, path)) return StepDownToReal(name, path, last);
    if (missing && last) return std::optional<Target>(Missing(name, path));
    return child.error();
  }
  bool follow = !last || options_.follow || (trailing_slash_ && options_.slash_follows);
  // The kernel refuses to make "name/" without a look at what the name is.
  if (last && trailing_slash_ && !options_.slash_checked) follow = false;
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

ErrnoOr<std::optional<Target>> PathWalk::StepDownToReal(const std::string& name,
                                                        const std::string& path, bool last) {
  if ((options_.resolve & RESOLVE_NO_XDEV) != 0) return Errno(EXDEV);
  std::string covered = std::move(here_.path);
  here_ = Place();
  here_.path = std::move(covered);
  crossed_ = true;
  return StepReal(name, path, last);
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
  std::string path = JoinPath(here_.path, name);
  if (std::shared_ptr<Mount> mount = call_.MountAt(path, here_.mount.get())) {
    if ((options_.resolve & RESOLVE_NO_XDEV) != 0) return Errno(EXDEV);
    if (!here_.is_real()) UMSDK_RETURN_IF_ERRNO(CheckSearch());
    if (here_.is_real() && !root_.IsSearched(here_.path, mount->above)) return Unsearched();
    UMSDK_ASSIGN_OR_ERRNO(Place root, RootOf(mount, options_.ask_last || !last));
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
  Target target = Native(here_.path);
  target.trailing_slash = trailing_slash_;
  if (!crossed_) return target;
  target.native = false;
  target.exists = true;
  target.mount = here_.mount;
  target.node = here_.node;
  target.attr = here_.attr;
  target.object = here_.object;
  target.above = here_.above;
  target.last = last_;
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
  bool slash_is_wrong = trailing_slash_ && options_.slash_checked && options_.slash_follows;
  if (crossed_ && slash_is_wrong && here_.mount && !S_ISDIR(here_.attr.mode)) return Errno(ENOTDIR);
  bool changed_mount = crossed_ && here_.mount != start_.mount;
  if ((options_.resolve & RESOLVE_NO_XDEV) != 0 && changed_mount) return Errno(EXDEV);
  return Found();
}

ErrnoOr<Target> WalkPath(Call& call, int dirfd, const std::string& path, WalkOptions options) {
  return PathWalk(call, options).Run(dirfd, path);
}

}  // namespace umsdk
