// CommandStart: the first guest from fork to exec, as the tracer's task sees it.
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

namespace umsdk {

class CommandStart {
 public:
  // `filter`: empty for none. `signal_mask`: the one that the command inherits.
  static absl::StatusOr<std::unique_ptr<CommandStart>> Make(const LaunchSpec& spec,
                                                            std::vector<sock_filter> filter,
                                                            uint64_t signal_mask);
  CommandStart(const CommandStart&) = delete;
  CommandStart& operator=(const CommandStart&) = delete;

  // ---- within the tracer's task ----
  // The new process, with everything in place but the exec, for which it waits.
  absl::StatusOr<pid_t> Fork();
  void Release();
  bool continue_host() const { return continue_host_; }
  // errno of the last execve when none succeeded; 0 otherwise.
  int exec_errno() const { return page_->exec_errno; }

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
