// AdminService: the gRPC side of an Administration. Each method is one call of it.
#ifndef SDK_ADMIN_ADMIN_SERVICE_H_
#define SDK_ADMIN_ADMIN_SERVICE_H_

#include <atomic>
#include <memory>

#include "proto/umsdk/admin/v1/admin.grpc.pb.h"
#include "sdk/admin/remote_access.h"
#include "umsdk/admin_library.h"

namespace umsdk {

// Thread-safe, as the Administration is: gRPC calls it from its own threads.
class AdminService final : public admin::v1::Admin::Service {
 public:
  // `remote`: which role each client has; nullptr: they are owners, on this machine.
  AdminService(std::shared_ptr<Administration> view, std::shared_ptr<const RemoteAccess> remote)
      : view_(std::move(view)), remote_(std::move(remote)) {}

  grpc::Status ListServices(grpc::ServerContext*, const admin::v1::ListServicesRequest*,
                            admin::v1::ListServicesResponse*) override;
  grpc::Status AddService(grpc::ServerContext*, const admin::v1::AddServiceRequest*,
                          admin::v1::AddServiceResponse*) override;
  grpc::Status RemoveService(grpc::ServerContext*, const admin::v1::RemoveServiceRequest*,
                             admin::v1::RemoveServiceResponse*) override;
  grpc::Status MoveService(grpc::ServerContext*, const admin::v1::MoveServiceRequest*,
                           admin::v1::MoveServiceResponse*) override;
  grpc::Status LockServices(grpc::ServerContext*, const admin::v1::LockServicesRequest*,
                            admin::v1::LockServicesResponse*) override;
  grpc::Status ListMounts(grpc::ServerContext*, const admin::v1::ListMountsRequest*,
                          admin::v1::ListMountsResponse*) override;
  grpc::Status Mount(grpc::ServerContext*, const admin::v1::MountRequest*, admin::v1::MountResponse*) override;
  grpc::Status Unmount(grpc::ServerContext*, const admin::v1::UnmountRequest*, admin::v1::UnmountResponse*) override;
  grpc::Status WatchEvents(grpc::ServerContext*, const admin::v1::WatchEventsRequest*,
                           grpc::ServerWriter<admin::v1::Event>*) override;

  // Streams end, so that the server can.
  void End() { ending_ = true; }

 private:
  // Runs `change` for those who may change something.
  template <typename Change>
  grpc::Status Guarded(const grpc::ServerContext& context, const Change& change);

  const std::shared_ptr<Administration> view_;
  const std::shared_ptr<const RemoteAccess> remote_;
  std::atomic<bool> ending_{false};
  std::atomic<int> streams_{0};
};

}  // namespace umsdk

#endif  // SDK_ADMIN_ADMIN_SERVICE_H_
