// CommandStart: a first guest that the tracer's task starts itself.
#ifndef SDK_ENGINE_PTRACE_COMMAND_START_H_
#define SDK_ENGINE_PTRACE_COMMAND_START_H_

#include <linux/filter.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sdk/engine/launch/exec_image.h"
#include "sdk/engine/launch/shared_page.h"
#include "sdk/engine/ptrace/first_guest.h"

namespace umsdk {

class CommandStart final : public FirstGuest {
 public:
  // `filter`: empty for none. `signal_mask`: the one that the command inherits.
  static absl::StatusOr<std::unique_ptr<CommandStart>> Make(const LaunchSpec& spec,
                                                            std::vector<sock_filter> filter,
                                                            uint64_t signal_mask);
  CommandStart(const CommandStart&) = delete;
  CommandStart& operator=(const CommandStart&) = delete;

  absl::StatusOr<pid_t> Make() override;
  bool is_own_child() const override { return true; }
  bool IsThere() const override { return true; }
  void Release() override;
  bool continue_host() const override { return continue_host_; }
  int exec_errno() const override { return page_->exec_errno; }
  void OnTreeEnd() override {}

 private:
  CommandStart(ExecImage image, std::vector<sock_filter> filter, uint64_t signal_mask)
      : image_(std::move(image)), filter_(std::move(filter)), signal_mask_(signal_mask) {}
  void RunChild(pid_t parent, int ready_pipe);

  const ExecImage image_;
  std::vector<sock_filter> filter_;
  const uint64_t signal_mask_;
  bool continue_host_ = false;         // as in LaunchSpec
  bool child_signal_ignored_ = false;  // by the host, which the tracer's task does not inherit
  const SharedPage page_;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_COMMAND_START_H_
