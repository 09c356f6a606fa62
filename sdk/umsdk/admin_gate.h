// AdminGate: the way from somebody who administers a view to the AdminServer that speaks with him. It
// loads libumsdk-admin.so when the first one comes.
#ifndef UMSDK_ADMIN_GATE_H_
#define UMSDK_ADMIN_GATE_H_

#include <memory>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sdk/base/mutex.h"
#include "sdk/base/unique_fd.h"
#include "sdk/core/view.h"
#include "umsdk/admin_library.h"

namespace umsdk {

// Thread-safe. The view must outlive it.
class AdminGate {
 public:
  explicit AdminGate(View& view) : view_(view) {}
  ~AdminGate();
  AdminGate(const AdminGate&) = delete;
  AdminGate& operator=(const AdminGate&) = delete;

  // The other end of a new connection, for one who administers `layer` as its owner.
  absl::StatusOr<UniqueFd> Connect(const std::shared_ptr<Layer>& layer);
  // Somebody who is allowed to do so has connected to the view's socket.
  absl::Status Serve(UniqueFd connection);
  // Listens for those on other machines.
  absl::Status Listen(const RemoteAdmin& remote, const AdminReport& report);
  // Closes all connections; later ones are refused.
  void Stop();

 private:
  struct LayerServer {
    std::weak_ptr<Layer> layer;
    std::shared_ptr<AdminServer> server;
  };
  absl::Status NeedLibrary() UMSDK_REQUIRES(mutex_);
  absl::StatusOr<std::shared_ptr<AdminServer>> ServerOf(const std::shared_ptr<Layer>& layer);

  View& view_;
  Mutex mutex_;
  bool stopped_ UMSDK_GUARDED_BY(mutex_) = false;
  const umsdk_admin_library_info* library_ UMSDK_GUARDED_BY(mutex_) = nullptr;
  std::unordered_map<const Layer*, LayerServer> servers_ UMSDK_GUARDED_BY(mutex_);
  std::shared_ptr<AdminServer> remote_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // UMSDK_ADMIN_GATE_H_
