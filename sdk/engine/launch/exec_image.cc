#include "sdk/engine/launch/exec_image.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace umsdk {
namespace {

// Pointers to the strings of one list; the strings must not move any more.
std::vector<const char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<const char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (const std::string& string : strings) pointers.push_back(string.c_str());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

absl::StatusOr<ExecImage> ExecImage::Make(const LaunchSpec& spec) {
  if (spec.candidates.empty() || spec.argv.empty()) {
    return absl::InvalidArgumentError("launch: no command given");
  }
  if (spec.process_group != -1 && spec.process_group != 0) {
    return absl::InvalidArgumentError("launch: process_group must be -1 or 0");
  }
  ExecImage image;
  image.strings_.candidates = spec.candidates;
  image.strings_.argv = spec.argv;
  image.strings_.env = spec.env;
  image.candidates_ = Pointers(image.strings_.candidates);
  image.argv_ = Pointers(image.strings_.argv);
  image.env_ = Pointers(image.strings_.env);
  image.cwd_ = spec.cwd;
  image.own_process_group_ = spec.process_group == 0;
  for (int i = 0; i < 3; ++i) {
    image.stdio_[i].Reset(fcntl(spec.stdio[i], F_DUPFD_CLOEXEC, 3));
    // A host without a descriptor 0, 1 or 2 has commands without it.
    if (image.stdio_[i].valid() || (errno == EBADF && spec.stdio[i] == i)) continue;
    if (spec.stdio[i] == -1) continue;
    const int error = errno;
    return absl::ErrnoToStatus(
        error, absl::StrCat("launch: descriptor ", spec.stdio[i], " for the command's ", i));
  }
  return image;
}

}  // namespace umsdk
