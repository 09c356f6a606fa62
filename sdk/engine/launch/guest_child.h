// What the command does between fork and exec.
#ifndef SDK_ENGINE_LAUNCH_GUEST_CHILD_H_
#define SDK_ENGINE_LAUNCH_GUEST_CHILD_H_

#include <linux/filter.h>

#include <cstdint>

#include "sdk/engine/launch/exec_image.h"
#include "sdk/engine/launch/launch_page.h"

namespace umsdk {

// All borrowed. Plain data: it is read after fork.
struct GuestChildPlan {
  const ExecImage* image = nullptr;
  const sock_fprog* filter = nullptr;  // null: none
  bool want_listener = false;          // the filter answers USER_NOTIF
  bool may_lack_filter = false;        // whoever traces the command does without it, too
  uint64_t signal_mask = 0;            // the host's, as it was before the launch
  int host_socket = -1;                // the host's end: the child must not keep it open
  int handover_socket = -1;            // not -1: where the listener is sent, see handover.h
};

// Arranges descriptors, directory, signals and filter as planned, closes `ready_pipe` when that is
// done or has failed (see `page`), waits until the page is released, and execs. Async-signal-safe.
// With a handover socket `ready_end` is the pipe's other end.
[[noreturn]] void RunGuestChild(const GuestChildPlan& plan, LaunchPage& page, int ready_pipe,
                                int ready_end = -1);

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_GUEST_CHILD_H_
