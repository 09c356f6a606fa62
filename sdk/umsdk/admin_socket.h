// AdminSocket: the Unix socket at which those outside a view find its supervisor. It is only the door:
// who may come in is found out here, gRPC is what serves him, and is loaded when the first one comes.
#ifndef UMSDK_ADMIN_SOCKET_H_
#define UMSDK_ADMIN_SOCKET_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "sdk/base/unique_fd.h"
#include "umsdk/admin_directory.h"

namespace umsdk {

// One thread waits for connections; nothing else uses the members after Open. Destruction ends it and
// removes the socket.
class AdminSocket {
 public:
  // Gets each connection of this user's or root's, from that thread.
  using Serve = std::function<absl::Status(UniqueFd connection)>;
  // A line for the owner of the view.
  using Report = std::function<void(const std::string& line)>;

  // In the AdminDirectory, for the view `name` (may be empty) of this process. What dead processes have left
  // there is removed. AlreadyExists: somebody listens under this name.
  static absl::StatusOr<std::unique_ptr<AdminSocket>> Open(const std::string& name, Serve serve, Report report);
  ~AdminSocket();
  AdminSocket(const AdminSocket&) = delete;
  AdminSocket& operator=(const AdminSocket&) = delete;

 private:
  AdminSocket(AdminDirectory directory, std::string file, Serve serve, Report report)
      : directory_(std::move(directory)), file_(std::move(file)), serve_(std::move(serve)), report_(std::move(report)) {}
  absl::Status Bind();
  void RemoveTheDead();
  void Loop();
  void Accept();

  const AdminDirectory directory_;
  const std::string file_;
  const Serve serve_;
  const Report report_;
  UniqueFd listener_, stop_;
  std::thread thread_;
};

}  // namespace umsdk

#endif  // UMSDK_ADMIN_SOCKET_H_
