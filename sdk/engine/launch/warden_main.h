// The warden: one small process a guest tree, parent and subreaper of its guests.
//
// It outlives the host: when that dies, even by SIGKILL, it kills every guest. Meanwhile its copy
// of the listener makes their trapped calls wait instead of failing with ENOSYS. It also reports
// how the command ends, reaps what is reparented to it, and traces a guest for a moment
// (WardenErrand).
#ifndef SDK_ENGINE_LAUNCH_WARDEN_MAIN_H_
#define SDK_ENGINE_LAUNCH_WARDEN_MAIN_H_

#include <sys/types.h>

#include "sdk/engine/launch/errand_page.h"
#include "sdk/engine/launch/guest_child.h"
#include "sdk/engine/launch/launch_page.h"

namespace umsdk {

// Plain data, prepared before fork; all borrowed.
struct WardenPlan {
  GuestChildPlan child;
  LaunchPage* page = nullptr;
  ErrandPage* errand_page = nullptr;
  int socket = -1;           // the warden's end
  bool by_handover = false;  // see handover.h
  bool continue_host = false;
  pid_t host = 0;
  int host_pidfd = -1;
  char* arguments = nullptr;  // this process's own command line, to be replaced in `ps`
  unsigned long arguments_size = 0;
};

// The life of the warden, in a process of its own in which every signal is blocked.
[[noreturn]] void RunWarden(const WardenPlan& plan);

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_WARDEN_MAIN_H_
