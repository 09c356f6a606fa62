// What libumsdk asks of libumsdk-admin.so, which it loads when somebody administers the view: gRPC is
// linked there only. Both come from one build; the number is to notice when they do not.
#ifndef UMSDK_ADMIN_LIBRARY_H_
#define UMSDK_ADMIN_LIBRARY_H_

#include <cstdint>
#include <memory>

#include "sdk/base/unique_fd.h"
#include "umsdk/administration.h"

namespace umsdk {

enum class AdminRole {
  kReader,  // sees all and changes nothing
  kOwner,
};

// Serves one Administration to those who are connected. Thread-safe. Destruction closes the connections.
class AdminServer {
 public:
  virtual ~AdminServer() = default;
  // Speaks gRPC on a connected stream socket, until the other side closes it.
  virtual void Serve(UniqueFd connection) = 0;
};

inline constexpr uint32_t kAdminLibraryVersion = 1;
inline constexpr char kAdminLibrary[] = "libumsdk-admin.so.1";

}  // namespace umsdk

extern "C" {
// The symbol umsdk_admin_library.
struct umsdk_admin_library_info {
  uint32_t version;
  // nullptr: it cannot be started.
  std::unique_ptr<umsdk::AdminServer> (*create)(std::shared_ptr<umsdk::Administration> view, umsdk::AdminRole role);
};
}

#endif  // UMSDK_ADMIN_LIBRARY_H_
