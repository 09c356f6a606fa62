#include "frontends/session/status_fd.h"

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace umsdk::frontends {

absl::StatusOr<StatusFd> StatusFd::Take(int fd) {
  StatusFd result;
  result.fd_.Reset(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
  int mode = result.fd_.valid() ? ::fcntl(fd, F_GETFL) & O_ACCMODE : O_RDONLY;
  if (mode == O_RDONLY) {
    const char* why = result.fd_.valid() ? "not open for writing" : std::strerror(errno);
    return absl::InvalidArgumentError(absl::StrCat("--status-fd=", fd, ": ", why));
  }
  if (fd > 2) ::close(fd);
  return result;
}

void StatusFd::Write(const std::string& line) const {
  if (!fd_.valid()) return;
  std::string text = line + "\n";
  while (::write(fd_.get(), text.data(), text.size()) < 0 && errno == EINTR) {
  }
}

}  // namespace umsdk::frontends
