// ExecImage: a LaunchSpec in the form that execve(2) wants, so that nothing is allocated after
// fork.
#ifndef SDK_ENGINE_LAUNCH_EXEC_IMAGE_H_
#define SDK_ENGINE_LAUNCH_EXEC_IMAGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sdk/base/unique_fd.h"
#include "sdk/engine/engine.h"

namespace umsdk {

// Owns copies of all strings and duplicates of the three descriptors (numbers above 2, so that
// putting them in place never overwrites one that is still needed). Movable; immutable once made.
class ExecImage {
 public:
  static absl::StatusOr<ExecImage> Make(const LaunchSpec& spec);

  const char* const* candidates() const { return candidates_.data(); }  // ends with null
  const char* const* argv() const { return argv_.data(); }
  const char* const* env() const { return env_.data(); }
  const char* cwd() const { return cwd_.empty() ? nullptr : cwd_.c_str(); }
  int stdio(int i) const { return stdio_[i].get(); }  // -1: closed in the command
  bool own_process_group() const { return own_process_group_; }

 private:
  ExecImage() = default;

  // A moved vector keeps its elements where they are, so the pointers below stay good.
  struct {
    std::vector<std::string> candidates, argv, env;
  } strings_;
  std::vector<const char*> candidates_, argv_, env_;
  std::string cwd_;
  UniqueFd stdio_[3];
  bool own_process_group_ = false;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_EXEC_IMAGE_H_
