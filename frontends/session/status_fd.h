// StatusFd: the descriptor of --status-fd.
#ifndef FRONTENDS_SESSION_STATUS_FD_H_
#define FRONTENDS_SESSION_STATUS_FD_H_

#include <string>

#include "absl/status/statusor.h"
#include "sdk/base/unique_fd.h"

namespace umsdk::frontends {

class StatusFd {
 public:
  StatusFd() = default;  // writes nowhere
  // Takes descriptor `fd` over, so that no guest inherits it and its reader sees the end; 0, 1 and
  // 2 are duplicated only.
  static absl::StatusOr<StatusFd> Take(int fd);
  // The line and its end.
  void Write(const std::string& line) const;

 private:
  UniqueFd fd_;
};

}  // namespace umsdk::frontends

#endif  // FRONTENDS_SESSION_STATUS_FD_H_
