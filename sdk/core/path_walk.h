// The path walk: where a path of a guest leads, through real directories and mounts of the view.
//
// A walk that stays on real ground costs one openat2(2): if the kernel finds the path without meeting
// a symlink, its text tells which mounts it meets. Otherwise it goes component by component, as
// path_resolution(7) says.
#ifndef SDK_CORE_PATH_WALK_H_
#define SDK_CORE_PATH_WALK_H_

#include <memory>
#include <optional>
#include <string>

#include "sdk/core/call.h"
#include "sdk/core/dir_link.h"
#include "sdk/core/open_object.h"

namespace umsdk {

struct WalkOptions {
  bool follow = true;       // a symlink in the last place is followed
  bool slash_follows = true;  // but one with a slash behind is: not so for names to make or remove
  bool slash_checked = true;  // a slash behind what is no directory is ENOTDIR; else the caller judges
  bool empty_ok = false;    // AT_EMPTY_PATH
  uint64_t resolve = 0;     // RESOLVE_* of openat2(2)
  // For an unmount: a file system whose root the path leads to is not asked, it may not answer.
  bool ask_last = true;
};

// Where a path leads.
struct Target {
  // The guest's own arguments lead the kernel to the same place: the call may go on as it is. All
  // other fields but `path` and `trailing_slash` are then unset.
  bool native = false;
  std::string path;  // canonical, as the host names it

  // The mount it lies on; null: a real path that the guest's arguments do not lead to.
  std::shared_ptr<Mount> mount;
  // The directory and the name in it; no parent for the root of a mount.
  NodePtr parent;
  Attr parent_attr;
  std::string name;
  enum class Last { kName, kDot, kDotDot, kRoot } last = Last::kName;
  bool trailing_slash = false;

  bool exists = false;
  std::shared_ptr<DirLink> above;  // of a directory: the way back up; null: unknown
  NodePtr node;  // null for a device, and for a File of a service
  Attr attr;
  std::optional<OpenReply> open;  // of a file that was made and opened at once
  // Set when a descriptor led here (AT_EMPTY_PATH, /proc/self/fd/N).
  std::shared_ptr<OpenObject> object;

  bool is_virtual() const { return mount != nullptr || object != nullptr; }
};

// An error is the guest's: it was met on virtual ground. (Errors on real ground are left to the
// kernel: the target is native.)
ErrnoOr<Target> WalkPath(Call& call, int dirfd, const std::string& path, WalkOptions options);

}  // namespace umsdk

#endif  // SDK_CORE_PATH_WALK_H_
