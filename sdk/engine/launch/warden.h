// Warden: the host's side of a guest tree's warden (see warden_main.h).
#ifndef SDK_ENGINE_LAUNCH_WARDEN_H_
#define SDK_ENGINE_LAUNCH_WARDEN_H_

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sdk/base/mutex.h"
#include "sdk/base/unique_fd.h"
#include "sdk/engine/engine.h"
#include "sdk/engine/filter/seccomp_filter.h"
#include "sdk/engine/launch/errand_page.h"
#include "sdk/engine/launch/shared_page.h"
#include "sdk/engine/launch/warden_messages.h"

namespace umsdk {

enum class ListenerUse { kNone, kWanted };

// Owns the warden process, and with it the guests: destruction kills what is left and returns when
// none is. One of another process's that does not end then is killed. The host's waitpid(-1) never sees the warden, and gets no SIGCHLD for it. Thread-safe.
class Warden {
 public:
  // Starts the command up to its exec, where it waits for Release. `filter` may be null: none.
  // The host's own descriptors that are not close-on-exec are inherited, as by fork and exec.
  static absl::StatusOr<std::unique_ptr<Warden>> Start(const LaunchSpec& spec,
                                                       const SeccompFilter* filter,
                                                       ListenerUse listener);
  // The same for a command that another process starts (see join.h), at the other end of
  // `connection`. Waits for it for some seconds. PermissionDenied: its memory is closed to us, or it
  // belongs to somebody else. Without a listener the command may lack the filter: see has_filter().
  static absl::StatusOr<std::unique_ptr<Warden>> Admit(UniqueFd connection,
                                                       const SeccompFilter* filter,
                                                       ListenerUse listener);
  ~Warden();
  Warden(const Warden&) = delete;
  Warden& operator=(const Warden&) = delete;

  pid_t command() const { return command_; }
  pid_t pid() const { return pid_; }
  // Readable once the warden has ended.
  int pidfd() const { return pidfd_.get(); }
  UniqueFd TakeListener() { return std::move(listener_); }  // once, before Release
  void Release();                                           // lets the command exec
  // Whether the command, before its exec, has installed the filter; how its last exec failed, or 0.
  bool has_filter() const { return page_->has_filter; }
  int exec_errno() const { return page_->exec_errno; }
  // False once the command has ended and been reaped: its number may be another's.
  bool CommandIsThere() const;

  // As in GuestTree. kLost: the warden was killed, nobody watches the guests.
  GuestEvent WaitEvent() UMSDK_EXCLUDES(mutex_);
  int event_fd() const { return socket_.get(); }
  absl::Status Signal(int signal);
  void Terminate(std::chrono::milliseconds grace, bool linger);

  // For Errands.
  ErrandPage& errand_page() const { return *errand_page_.get(); }
  void Send(const WardenOrder& order) const;

  // Once pidfd() is readable: it was killed, instead of ending as it should.
  bool WasKilled() const;

 private:
  Warden(SharedPage page, SharedObject<ErrandPage> errand_page)
      : page_(std::move(page)), errand_page_(std::move(errand_page)) {}
  absl::Status Fork(const LaunchSpec& spec, const SeccompFilter* filter, ListenerUse listener);
  absl::Status AwaitReady();
  absl::Status CheckJoined(ListenerUse listener);
  void AwaitEnd(std::chrono::milliseconds limit) const;

  bool joined_ = false;  // another process's child, which may break the rules
  SharedPage page_;
  SharedObject<ErrandPage> errand_page_;
  UniqueFd socket_;
  UniqueFd pidfd_;  // of the warden
  UniqueFd command_pidfd_;
  UniqueFd listener_;
  pid_t pid_ = -1;
  pid_t command_ = -1;
  Mutex mutex_;
  bool has_last_ UMSDK_GUARDED_BY(mutex_) = false;
  GuestEvent last_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_WARDEN_H_
