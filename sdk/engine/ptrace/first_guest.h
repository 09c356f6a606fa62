// FirstGuest: where the first guest of a tree comes from, as the tracer sees it.
#ifndef SDK_ENGINE_PTRACE_FIRST_GUEST_H_
#define SDK_ENGINE_PTRACE_FIRST_GUEST_H_

#include <sys/types.h>

#include "absl/status/statusor.h"

namespace umsdk {

// It dies with this object at the latest, if it has not been released.
class FirstGuest {
 public:
  virtual ~FirstGuest() = default;

  // ---- within the tracer's task ----
  // The new process, with everything in place but the exec, for which it waits.
  virtual absl::StatusOr<pid_t> Make() = 0;
  // Whether it is a child of the tracer's. Else it may end, and its number be another's, at any time.
  virtual bool is_own_child() const = 0;
  // False when that has happened.
  virtual bool IsThere() const = 0;
  virtual void Release() = 0;
  virtual bool continue_host() const = 0;  // as in LaunchSpec
  // errno of the last execve when none succeeded; 0 otherwise.
  virtual int exec_errno() const = 0;

  // ---- in any thread ----
  // No guest is left: lets go of what else belongs to the tree.
  virtual void OnTreeEnd() = 0;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_FIRST_GUEST_H_
