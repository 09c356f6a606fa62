// What libumsdk asks of libumsdk-admin.so, which it loads when somebody administers the view: gRPC is
// linked there only. Both come from one build; the number is to notice when they do not.
#ifndef UMSDK_ADMIN_LIBRARY_H_
#define UMSDK_ADMIN_LIBRARY_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "sdk/base/unique_fd.h"
#include "umsdk/admin_options.h"
#include "umsdk/administration.h"

namespace umsdk {

// Serves one Administration to those who are connected. Thread-safe. Destruction closes the connections.
class AdminServer {
 public:
  virtual ~AdminServer() = default;
  // Speaks gRPC on a connected stream socket, until the other side closes it. The other side is an owner.
  virtual void Serve(UniqueFd connection) = 0;
};

using AdminReport = std::function<void(const std::string& line)>;  // to the owner of the view

inline constexpr uint32_t kAdminLibraryVersion = 2;
inline constexpr char kAdminLibrary[] = "libumsdk-admin.so.1";

}  // namespace umsdk

extern "C" {
// The symbol umsdk_admin_library.
struct umsdk_admin_library_info {
  uint32_t version;
  // nullptr: it cannot be started.
  std::unique_ptr<umsdk::AdminServer> (*create)(std::shared_ptr<umsdk::Administration> view);
  // One that listens by itself, and takes no connections by Serve.
  absl::StatusOr<std::unique_ptr<umsdk::AdminServer>> (*create_remote)(std::shared_ptr<umsdk::Administration> view,
                                                                       const umsdk::RemoteAdmin& remote,
                                                                       const umsdk::AdminReport& report);
};
}

#endif  // UMSDK_ADMIN_LIBRARY_H_
