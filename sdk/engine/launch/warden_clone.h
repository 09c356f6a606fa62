// Makes the warden process.
#ifndef SDK_ENGINE_LAUNCH_WARDEN_CLONE_H_
#define SDK_ENGINE_LAUNCH_WARDEN_CLONE_H_

#include <linux/filter.h>
#include <sys/types.h>

#include "absl/status/statusor.h"
#include "sdk/base/unique_fd.h"
#include "sdk/engine/launch/errand_page.h"
#include "sdk/engine/launch/exec_image.h"
#include "sdk/engine/launch/launch_page.h"

namespace umsdk {

struct ClonedWarden {
  pid_t pid = -1;
  UniqueFd pidfd;
};

// All borrowed. `page` must outlive the command's exec, `errand_page` the warden.
struct WardenOrigin {
  const ExecImage* image = nullptr;
  const sock_fprog* filter = nullptr;  // null: none
  bool want_listener = false;
  bool may_lack_filter = false;  // see GuestChildPlan
  bool continue_host = false;
  LaunchPage* page = nullptr;
  ErrandPage* errand_page = nullptr;
  const UniqueFd* socket = nullptr;       // the warden's end
  const UniqueFd* host_socket = nullptr;  // the other one, if this process has it
  pid_t host = 0;                         // with whom the guests die
  const UniqueFd* host_pidfd = nullptr;
};

// A child without exit signal: neither SIGCHLD nor waitpid(-1) without __WALL ever tells of it; the
// caller reaps it by its pidfd.
absl::StatusOr<ClonedWarden> CloneWarden(const WardenOrigin& origin);

// A duplicate above the standard descriptors, which are replaced in the command: what the warden
// keeps must be one.
UniqueFd AboveStdio(UniqueFd fd);

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_WARDEN_CLONE_H_
