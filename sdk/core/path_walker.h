// PathWalk: one walk along one path; what path_walk.cc and path_walk_real.cc share.
#ifndef SDK_CORE_PATH_WALKER_H_
#define SDK_CORE_PATH_WALKER_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sdk/core/path_walk.h"
#include "sdk/core/place.h"
#include "sdk/core/real_root.h"

namespace umsdk {

// For one walk on one thread.
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
  ErrnoOrOk StandOn(const std::shared_ptr<OpenObject>& object);
  ErrnoOrOk StartAt(const std::string& proc_path);
  ErrnoOrOk GoUp();
  ErrnoOrOk EnterRoot();
  // Takes one component; nullopt: go on. A Target: the walk is over.
  ErrnoOr<std::optional<Target>> Step();
  ErrnoOr<std::optional<Target>> StepVirtual(const std::string& name, const std::string& path,
                                             bool last);
  // To what the mount covers.
  ErrnoOr<std::optional<Target>> StepDownToReal(const std::string& name, const std::string& path,
                                                bool last);
  ErrnoOr<std::optional<Target>> FollowLink(const std::string& text);
  ErrnoOrOk CheckSearch();
  ErrnoOr<std::optional<Target>> Unsearched() const;
  // path_walk_real.cc: real ground.
  bool SkipRealStretch();
  bool TakeReal(const std::string& path, size_t components);
  bool EnterMount(const std::shared_ptr<Mount>& mount, size_t components);
  ErrnoOr<std::optional<Target>> StepReal(const std::string& name, const std::string& path,
                                          bool last);

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
  bool crossed_ = false;       // virtual ground was met: the guest's arguments mislead the kernel
  bool step_by_step_ = false;  // the kernel could not take the rest at once
  int links_ = 0;
  std::string floor_;  // RESOLVE_BENEATH, RESOLVE_IN_ROOT: never above this
  Place start_;
};

}  // namespace umsdk

#endif  // SDK_CORE_PATH_WALKER_H_
