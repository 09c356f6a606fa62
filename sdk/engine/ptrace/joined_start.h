// JoinedStart: a first guest that another process has started, for the view (launch/join.h).
#ifndef SDK_ENGINE_PTRACE_JOINED_START_H_
#define SDK_ENGINE_PTRACE_JOINED_START_H_

#include <memory>
#include <utility>

#include "sdk/engine/launch/warden.h"
#include "sdk/engine/ptrace/first_guest.h"

namespace umsdk {

// The warden is a process of the joining side, and the parent of the command: it adopts and reaps the
// tree's processes. Until the command is traced it is also what ends it with this process; from then
// on that is PTRACE_O_EXITKILL.
class JoinedStart final : public FirstGuest {
 public:
  explicit JoinedStart(std::unique_ptr<Warden> warden) : warden_(std::move(warden)) {}

  absl::StatusOr<pid_t> Make() override { return warden_->command(); }
  bool is_own_child() const override { return false; }
  bool IsThere() const override { return warden_->CommandIsThere(); }
  void Release() override { warden_->Release(); }
  bool continue_host() const override { return false; }
  int exec_errno() const override { return warden_->exec_errno(); }
  void OnTreeEnd() override { warden_->Terminate(std::chrono::milliseconds(0), /*linger=*/false); }

 private:
  const std::unique_ptr<Warden> warden_;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_JOINED_START_H_
