// AdminDirectory: where the sockets of this user's views lie, at which those outside administer them.
#ifndef UMSDK_ADMIN_DIRECTORY_H_
#define UMSDK_ADMIN_DIRECTORY_H_

#include <sys/types.h>
#include <sys/un.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sdk/base/unique_fd.h"

namespace umsdk {

// One view that has a socket there.
struct AdminEntry {
  std::string file;  // "1234" or "1234-build"
  pid_t pid = 0;     // of the supervisor
  std::string name;  // of the view; may be empty
};

// Movable; thread-compatible.
class AdminDirectory {
 public:
  // $XDG_RUNTIME_DIR/umview, else /tmp/umview-UID.
  static std::string Path();
  // Made with mode 0700 if it is missing and `create` is set. FailedPrecondition: there is something else, or
  // it is open to others: then nothing in it can be trusted.
  static absl::StatusOr<AdminDirectory> Open(bool create);

  int fd() const { return fd_.get(); }
  // The address of a socket there, however long the path of the directory is; valid while this lives.
  sockaddr_un AddressOf(const std::string& file) const;
  // The living and the dead: see IsAlive.
  std::vector<AdminEntry> Entries() const;
  // A process has the socket. It notices nothing of the question.
  bool IsAlive(const std::string& file) const;

 private:
  explicit AdminDirectory(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

// What the socket of a view is called. Characters of `name` that a file name should not have become '_'.
std::string AdminFile(pid_t pid, const std::string& name);

}  // namespace umsdk

#endif  // UMSDK_ADMIN_DIRECTORY_H_
