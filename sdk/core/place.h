// Place: where a path walk stands, and the ways from one place to another that need no walk.
#ifndef SDK_CORE_PLACE_H_
#define SDK_CORE_PLACE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/core/call.h"
#include "sdk/core/dir_link.h"
#include "sdk/core/open_object.h"

namespace umsdk {

// A place on the way. Real when it has no mount.
struct Place {
  std::string path = "/";
  std::shared_ptr<Mount> mount;
  NodePtr node;
  Attr attr;
  std::shared_ptr<OpenObject> object;
  std::shared_ptr<DirLink> above;  // null: a mount's root, or unknown
  bool is_real() const { return !mount && !object; }
};

std::string JoinPath(const std::string& dir, const std::string& name);
std::string ParentPath(const std::string& path);
// Splits into components, last first, so that the next one is at the back.
void PushComponents(std::vector<std::string>& stack, std::string_view path);

// The root of a mount. Without `ask` its attributes are but a directory's type.
ErrnoOr<Place> RootOf(std::shared_ptr<Mount> mount, bool ask = true);
// What a name of a virtual directory names.
ErrnoOr<Place> ChildOf(Call& call, const Place& dir, const std::string& name);
// A path in the mount where the real files that it covers are seen: FileSystemTraits::real_parts.
bool IsRealPart(const Mount& mount, std::string_view path);
// The same for a name that its file system does not have: FileSystemTraits::see_through.
bool ShowsThrough(Call& call, const Mount& mount, const std::string& path);
// The place of a canonical path: nothing in it is a symlink.
ErrnoOr<Place> Locate(Call& call, const std::string& path);
// The directory above a virtual one, by its DirLink; nullopt: the path must tell.
ErrnoOr<std::optional<Place>> AboveByLink(Call& call, const Place& place);

}  // namespace umsdk

#endif  // SDK_CORE_PLACE_H_
