// Makes the warden process.
#ifndef SDK_ENGINE_LAUNCH_WARDEN_CLONE_H_
#define SDK_ENGINE_LAUNCH_WARDEN_CLONE_H_

#include <sys/types.h>

#include "absl/status/statusor.h"
#include "sdk/base/unique_fd.h"
#include "sdk/engine/filter/seccomp_filter.h"
#include "sdk/engine/launch/errand_page.h"
#include "sdk/engine/launch/exec_image.h"
#include "sdk/engine/launch/launch_page.h"

namespace umsdk {

struct ClonedWarden {
  pid_t pid = -1;
  UniqueFd pidfd;
  UniqueFd socket;  // the host's end
};

// A child without exit signal: neither SIGCHLD nor waitpid(-1) without __WALL ever tells of it; the
// caller reaps it by its pidfd. `filter` may be null. `page` must outlive the child's exec,
// `errand_page` the warden.
absl::StatusOr<ClonedWarden> CloneWarden(const ExecImage& image, const SeccompFilter* filter,
                                         bool want_listener, LaunchPage* page,
                                         ErrandPage* errand_page);

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_WARDEN_CLONE_H_
