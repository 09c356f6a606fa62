// FdLimitRaised: the RLIMIT_NOFILE of a process, a little higher for a moment.
#ifndef SDK_BASE_FD_LIMIT_H_
#define SDK_BASE_FD_LIMIT_H_

#include <sys/resource.h>
#include <sys/types.h>

#include <algorithm>

namespace umsdk {

// For descriptors of ours in a process that may have no number left. Where the limit may not be raised
// (it is at the hard one, and we lack CAP_SYS_RESOURCE), raised() is false.
class FdLimitRaised {
 public:
  explicit FdLimitRaised(pid_t tid) : tid_(tid) {
    constexpr rlim_t kMore = 16;  // an exec may take several, one after the other
    if (::prlimit(tid, RLIMIT_NOFILE, nullptr, &before_) != 0) return;
    const rlim_t higher = before_.rlim_cur + kMore;
    const rlimit limits = {higher, std::max(before_.rlim_max, higher)};
    raised_ = ::prlimit(tid, RLIMIT_NOFILE, &limits, nullptr) == 0;
  }
  ~FdLimitRaised() {
    if (raised_) ::prlimit(tid_, RLIMIT_NOFILE, &before_, nullptr);
  }
  FdLimitRaised(const FdLimitRaised&) = delete;
  FdLimitRaised& operator=(const FdLimitRaised&) = delete;

  bool raised() const { return raised_; }
  int limit() const { return static_cast<int>(before_.rlim_cur); }  // the process's own

 private:
  const pid_t tid_;
  rlimit before_ = {};
  bool raised_ = false;
};

}  // namespace umsdk

#endif  // SDK_BASE_FD_LIMIT_H_
