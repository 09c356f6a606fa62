// PathWalk on real ground: whole stretches at once where the kernel can tell.
#include <limits.h>
#include <linux/openat2.h>

#include "sdk/core/path_walker.h"
#include "sdk/core/proc_links.h"

namespace umsdk {

// Takes all components up to the next mount at once, if the kernel confirms that no symlink is there.
// When the last one is missing (a file about to be made), all but that one.
bool PathWalk::SkipRealStretch() {
  if (step_by_step_) return false;
  std::vector<size_t> ends;  // of the path after each component
  std::string path = here_.path;
  std::shared_ptr<Mount> mount;
  while (ends.size() < rest_.size() && !mount) {
    const std::string& name = rest_[rest_.size() - 1 - ends.size()];
    if (name == ".." || name.size() > NAME_MAX) break;
    if (name != ".") {
      if (path != "/") path += '/';
      path += name;
    }
    ends.push_back(path.size());
    mount = call_.MountAt(path, nullptr);
  }
  // "/proc": self and the magic links.
  if (ends.empty() || path.starts_with("/proc/")) return false;
  if (mount) return ends.size() > 1 && (options_.resolve & RESOLVE_NO_XDEV) == 0 && EnterMount(mount, ends.size());
  bool to_end = ends.size() == rest_.size();
  RealRoot::Last wanted = options_.follow ? RealRoot::Last::kFollowed : RealRoot::Last::kItself;
  if (!to_end || trailing_slash_) wanted = RealRoot::Last::kDirectory;
  if (root_.Probe(path, wanted).ok()) return TakeReal(path, ends.size());
  size_t fewer = ends.size() - 1;
  if (to_end && fewer > 0) {
    path.resize(ends[fewer - 1]);
    if (root_.Probe(path, RealRoot::Last::kDirectory).ok()) TakeReal(path, fewer);
  }
  step_by_step_ = true;  // there is a symlink, or something is missing
  return false;
}

bool PathWalk::TakeReal(const std::string& path, size_t components) {
  rest_.resize(rest_.size() - components);
  parent_ = Place();
  parent_.path = ParentPath(path);
  here_.path = path;
  last_ = Target::Last::kName;
  return true;
}

bool PathWalk::EnterMount(const std::shared_ptr<Mount>& mount, size_t components) {
  if (!root_.IsSearched(ParentPath(mount->target), mount->above)) return false;
  ErrnoOr<Place> root = RootOf(mount, options_.ask_last || components < rest_.size());
  if (!root.ok()) return false;
  TakeReal(mount->target, components);
  here_ = *std::move(root);
  last_ = Target::Last::kRoot;
  crossed_ = true;
  return true;
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

}  // namespace umsdk
