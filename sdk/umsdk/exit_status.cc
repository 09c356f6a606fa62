#include "umsdk/exit_status.h"

#include <sys/wait.h>

#include <cerrno>

namespace umsdk {

ExitStatus ToExitStatus(const GuestEvent& event) {
  ExitStatus status;
  status.exec_errno = event.exec_errno;
  if (event.exec_errno != 0) {
    status.code = event.exec_errno == ENOENT || event.exec_errno == ENOTDIR ? 127 : 126;
  } else if (WIFSIGNALED(event.wait_status)) {
    status.signal = WTERMSIG(event.wait_status);
    status.core = WCOREDUMP(event.wait_status);
    status.code = 128 + status.signal;
  } else {
    status.code = WEXITSTATUS(event.wait_status);
  }
  return status;
}

}  // namespace umsdk
