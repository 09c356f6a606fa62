#include "sdk/engine/launch/launch_error.h"

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace umsdk {
namespace {

absl::Status FilterError(int error) {
  if (error == EBUSY) {
    return absl::FailedPreconditionError(
        "launch: seccomp refuses a second listener (EBUSY): this process already runs under one, "
        "as inside another view or some containers; use the outer view, or the ptrace engine");
  }
  return absl::UnavailableError(absl::StrCat(
      "launch: this kernel or container refuses seccomp user notification (seccomp(2): ",
      std::strerror(error), "); allow it there, or use the ptrace engine"));
}

}  // namespace

absl::Status LaunchError(LaunchStep step, int error) {
  switch (step) {
    case LaunchStep::kFilter:
      return FilterError(error);
    case LaunchStep::kNoNewPrivileges:
      return absl::UnavailableError(
          absl::StrCat("launch: prctl(PR_SET_NO_NEW_PRIVS) is refused (", std::strerror(error),
                       "); a seccomp filter needs it without CAP_SYS_ADMIN"));
    case LaunchStep::kTakeListener:
      return absl::UnavailableError(absl::StrCat(
          "launch: pidfd_getfd of the listener is refused (", std::strerror(error),
          "); see kernel.yama.ptrace_scope and the container's seccomp profile, or use the ptrace "
          "engine"));
    case LaunchStep::kDirectory:
      return absl::ErrnoToStatus(error, "launch: working directory of the command");
    case LaunchStep::kStdio:
      return absl::ErrnoToStatus(error, "launch: standard descriptors of the command");
    case LaunchStep::kProcessGroup:
      return absl::ErrnoToStatus(error, "launch: setpgid of the command");
    case LaunchStep::kPipe:
      return absl::ErrnoToStatus(error, "launch: pipe2 in the warden");
    case LaunchStep::kFork:
      return absl::ErrnoToStatus(error, "launch: clone of the command; see ulimit -u, pids.max");
    case LaunchStep::kDied:
      return absl::AbortedError("launch: the command was killed before exec");
    case LaunchStep::kNone:
      break;
  }
  return absl::InternalError("launch: the warden was killed before the command's exec");
}

}  // namespace umsdk
