// FdLimitRaised: a guest's RLIMIT_NOFILE, a little higher for a moment.
#ifndef SDK_ENGINE_RIGHTS_FD_LIMIT_H_
#define SDK_ENGINE_RIGHTS_FD_LIMIT_H_

#include <sys/resource.h>
#include <sys/types.h>

namespace umsdk {

// For descriptors of ours in a guest that may have no number left. Where the limit may not be raised
// (it is at the hard one, and we lack CAP_SYS_RESOURCE), raised() is false.
class FdLimitRaised {
 public:
  explicit FdLimitRaised(pid_t tid);
  ~FdLimitRaised();
  FdLimitRaised(const FdLimitRaised&) = delete;
  FdLimitRaised& operator=(const FdLimitRaised&) = delete;

  bool raised() const { return raised_; }
  int limit() const { return static_cast<int>(before_.rlim_cur); }  // the guest's own

 private:
  const pid_t tid_;
  rlimit before_ = {};
  bool raised_ = false;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_RIGHTS_FD_LIMIT_H_
