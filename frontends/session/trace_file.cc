#include "frontends/session/trace_file.h"

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace umsdk::frontends {

absl::StatusOr<TraceFile> TraceFile::Create(const std::string& path) {
  UniqueFd fd(::open(path.c_str(),
                     O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC,
                     0600));
  if (!fd.valid()) {
    const char* why = errno == ELOOP ? "it is a symbolic link" : std::strerror(errno);
    return absl::InvalidArgumentError(absl::StrCat("cannot write the trace to ", path, ": ", why));
  }
  // Not where a guest's descriptors are expected, should the caller run with 0, 1 or 2 closed.
  UniqueFd high(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
  return TraceFile(high.valid() ? std::move(high) : std::move(fd));
}

void TraceFile::Write(const TraceLine& line) const {
  std::string text = absl::StrCat(line.tid, " ", line.call, " ", line.result, "\n");
  // A full disk loses lines of the trace, it does not disturb the guests.
  while (::write(fd_.get(), text.data(), text.size()) < 0 && errno == EINTR) {
  }
}

}  // namespace umsdk::frontends
