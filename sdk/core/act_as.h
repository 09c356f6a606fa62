// ActAs: for a scope, this thread touches real files with a guest's identity.
#ifndef SDK_CORE_ACT_AS_H_
#define SDK_CORE_ACT_AS_H_

#include <sys/types.h>

#include <vector>

#include "umsdk/file_system.h"

namespace umsdk {

// Only a privileged supervisor has guests with another identity than its own; for others a no-op.
// Raw calls: they change this thread alone (the C library would change all of the host's).
class ActAs {
 public:
  explicit ActAs(const Caller& caller);
  ActAs() = default;  // as before
  ~ActAs();
  ActAs(const ActAs&) = delete;
  ActAs& operator=(const ActAs&) = delete;

 private:
  bool active_ = false;
  uid_t uid_ = 0;
  gid_t gid_ = 0;
  std::vector<gid_t> groups_;
};

}  // namespace umsdk

#endif  // SDK_CORE_ACT_AS_H_
