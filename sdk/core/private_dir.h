// PrivateDir: a directory that no path of the host leads to, for the kernel objects that need a name
// (placeholder directories, fifos, sockets). It vanishes with the last descriptor into it.
#ifndef SDK_CORE_PRIVATE_DIR_H_
#define SDK_CORE_PRIVATE_DIR_H_

#include <string>

#include "absl/status/statusor.h"
#include "sdk/base/unique_fd.h"

namespace umsdk {

// A detached tmpfs: made directly with CAP_SYS_ADMIN, else by a short-lived child in a user namespace
// of its own; where neither is allowed, a directory in the runtime directory, removed at the end.
class PrivateDir {
 public:
  static absl::StatusOr<PrivateDir> Create();
  PrivateDir(PrivateDir&&) noexcept = default;
  PrivateDir& operator=(PrivateDir&&) noexcept = default;
  ~PrivateDir();

  int fd() const { return fd_.get(); }

 private:
  PrivateDir(UniqueFd fd, std::string host_path) : fd_(std::move(fd)), host_path_(std::move(host_path)) {}
  UniqueFd fd_;
  std::string host_path_;  // of the fallback; empty for a tmpfs
};

}  // namespace umsdk

#endif  // SDK_CORE_PRIVATE_DIR_H_
