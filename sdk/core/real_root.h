// RealRoot: real directories as a guest sees them, whatever its root directory and mount namespace.
#ifndef SDK_CORE_REAL_ROOT_H_
#define SDK_CORE_REAL_ROOT_H_

#include <sys/stat.h>

#include <memory>
#include <optional>
#include <string>

#include "sdk/base/errno.h"
#include "sdk/base/unique_fd.h"
#include "sdk/core/act_as.h"
#include "sdk/core/call.h"
#include "sdk/core/open_object.h"
#include "sdk/core/proven_dir.h"
#include "sdk/core/real_base.h"

namespace umsdk {

// Lives for one walk. Paths are canonical host-style paths that it reaches.
class RealRoot {
 public:
  explicit RealRoot(Call& call);

  // The guest's root directory: "/" unless it is chrooted.
  const std::string& root() const { return root_; }
  // That directory when it is virtual, else null.
  const std::shared_ptr<OpenObject>& object() const { return object_; }
  // The real directory through which real paths are looked up; null: the host's root.
  const std::shared_ptr<const RealBase>& base() const { return base_; }
  bool Reaches(const std::string& path) const;
  // As who has this root directory is told of `path` (d_path() in the kernel).
  std::string Shown(const std::string& path) const;
  // The kernel finds it without meeting a symlink; one in the last place is met only if it is to be
  // followed.
  enum class Last { kDirectory, kFollowed, kItself };
  ErrnoOrOk Probe(const std::string& path, Last last) const;
  // A directory, met without a symlink, that the guest may search. What `proven` knows is not proven
  // again: that the path leads to the same directory is enough.
  bool IsSearched(const std::string& path, ProvenDir& proven) const;
  // The text of the symlink at `path`; nullopt when it is something else; the errno when it is not there.
  ErrnoOr<std::optional<std::string>> Link(const std::string& path) const;
  // As open(2); with the identity that the calling thread has.
  ErrnoOr<UniqueFd> Open(const std::string& path, int flags, mode_t mode = 0) const;

 private:
  // What to hand to an at-call with fd(): the path relative to the base.
  const char* Relative(const std::string& path) const;
  // Whose permissions to search directories count.
  ActAs AsGuest() const;
  int fd() const;
  Call& call_;
  std::string root_ = "/";
  std::shared_ptr<OpenObject> object_;
  std::shared_ptr<const RealBase> base_;
};

}  // namespace umsdk

#endif  // SDK_CORE_REAL_ROOT_H_
