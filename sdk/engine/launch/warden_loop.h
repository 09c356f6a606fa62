// WardenLoop: what the warden does from the command's exec on. Async-signal-safe.
#ifndef SDK_ENGINE_LAUNCH_WARDEN_LOOP_H_
#define SDK_ENGINE_LAUNCH_WARDEN_LOOP_H_

#include <sys/types.h>

#include <cstdint>

#include "sdk/engine/launch/host_waker.h"
#include "sdk/engine/launch/launch_page.h"
#include "sdk/engine/launch/warden_errand.h"
#include "sdk/engine/launch/warden_messages.h"

namespace umsdk {

struct WardenLoop {
  // Set by the caller; borrowed.
  pid_t command = -1;
  LaunchPage* page = nullptr;
  int socket = -1;
  int host_pidfd = -1;
  int child_signals = -1;  // a signalfd of SIGCHLD
  int proc = -1;
  WardenErrand errand;
  HostWaker waker;

  // Returns when no descendant is left and nobody can ask for the status of the command any more.
  void Run();

 private:
  enum class Stage { kServing, kLingering, kGrace, kKilling };

  void Reap();
  void NoteStatus(int status);
  void Report();
  void TakeOrders();
  void Obey(const WardenOrder& order);
  void Wait();
  int TimeoutMs();
  int StageTimeoutMs();

  Stage stage_ = Stage::kServing;
  int64_t deadline_ms_ = 0;
  int kill_rounds_ = 0;
  bool children_left_ = true;
  // What the host was not told yet: the last stop or continuation, and the end.
  int changed_ = 0;
  int ended_ = 0;
  bool has_changed_ = false;
  bool has_ended_ = false;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_WARDEN_LOOP_H_
