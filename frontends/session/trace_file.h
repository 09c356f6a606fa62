// TraceFile: the lines of `umview -o FILE`.
#ifndef FRONTENDS_SESSION_TRACE_FILE_H_
#define FRONTENDS_SESSION_TRACE_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "sdk/base/unique_fd.h"
#include "umsdk/supervisor.h"

namespace umsdk::frontends {

// Movable. Write() is thread-safe: a line is one write(2) to a file opened with O_APPEND, so lines
// do not mix and none is lost however this process ends.
class TraceFile {
 public:
  // Empties or creates `path` (mode 0600). A symbolic link is refused: a trace must not overwrite
  // what somebody else made the name point to.
  static absl::StatusOr<TraceFile> Create(const std::string& path);

  void Write(const TraceLine& line) const;

 private:
  explicit TraceFile(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace umsdk::frontends

#endif  // FRONTENDS_SESSION_TRACE_FILE_H_
