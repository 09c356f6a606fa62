#include "sdk/admin/admin_service.h"

#include <cerrno>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "sdk/admin/event_stream.h"
#include "sdk/admin/to_grpc.h"
#include "sdk/base/errno_status.h"

namespace umsdk {
namespace {

namespace v1 = admin::v1;

constexpr int kMostStreams = 64;  // a server: each has a thread, and calls need some too

absl::StatusOr<ServiceSelector> ToSelector(const v1::ServiceSelector& by) {
  ServiceSelector which;
  if (by.has_position()) which.position = by.position();
  if (by.has_code()) which.code = by.code();
  if (by.has_name()) which.name = by.name();
  if (which.position < 0) return ErrnoStatus(EINVAL, "positions begin with 1");
  if (which.position == 0 && which.code == 0 && which.name.empty())
    return ErrnoStatus(EINVAL, "which service: by its position (from 1), its code or its name");
  return which;
}

void Fill(const ServiceInfo& info, v1::ServiceInfo& out) {
  out.set_position(info.position);
  out.set_code(info.code);
  out.set_name(info.name);
  out.set_description(info.description);
  for (const std::string& claim : info.claims) out.add_claims(claim);
  out.set_mounts(info.mounts);
}

void Fill(const MountInfo& info, v1::MountInfo& out) {
  out.set_source(info.source);
  out.set_target(info.target);
  out.set_type(info.type);
  out.set_options(info.options);
}

}  // namespace

template <typename Change>
grpc::Status AdminService::Guarded(const grpc::ServerContext& context, const Change& change) {
  if (remote_ && !remote_->IsOwner(context))
    return ToGrpc(ErrnoStatus(EPERM, "your certificate's role is to read only"));
  return ToGrpc(change());
}

grpc::Status AdminService::ListServices(grpc::ServerContext*, const v1::ListServicesRequest*,
                                        v1::ListServicesResponse* response) {
  absl::StatusOr<std::vector<ServiceInfo>> services = view_->Services();
  if (!services.ok()) return ToGrpc(services.status());
  for (const ServiceInfo& info : *services) Fill(info, *response->add_services());
  return grpc::Status::OK;
}

grpc::Status AdminService::AddService(grpc::ServerContext* context, const v1::AddServiceRequest* request,
                                      v1::AddServiceResponse*) {
  return Guarded(*context, [&] {
    // A service is code that runs in the supervisor: which files may be that, this machine decides.
    if (remote_ && absl::StrContains(request->name(), "/"))
      return ErrnoStatus(EPERM, "remote administrators load services by their names only");
    return view_->LoadService(request->name(), request->arguments(), request->position());
  });
}

grpc::Status AdminService::RemoveService(grpc::ServerContext* context, const v1::RemoveServiceRequest* request,
                                         v1::RemoveServiceResponse*) {
  return Guarded(*context, [&] {
    absl::StatusOr<ServiceSelector> which = ToSelector(request->which());
    return which.ok() ? view_->RemoveService(*which, request->force()) : which.status();
  });
}

grpc::Status AdminService::MoveService(grpc::ServerContext* context, const v1::MoveServiceRequest* request,
                                       v1::MoveServiceResponse*) {
  return Guarded(*context, [&] {
    absl::StatusOr<ServiceSelector> which = ToSelector(request->which());
    return which.ok() ? view_->MoveService(*which, request->position()) : which.status();
  });
}

grpc::Status AdminService::LockServices(grpc::ServerContext* context, const v1::LockServicesRequest* request,
                                        v1::LockServicesResponse*) {
  return Guarded(*context, [&] { return view_->LockServices(request->hide()); });
}

grpc::Status AdminService::ListMounts(grpc::ServerContext*, const v1::ListMountsRequest*,
                                      v1::ListMountsResponse* response) {
  absl::StatusOr<std::vector<MountInfo>> mounts = view_->Mounts();
  if (!mounts.ok()) return ToGrpc(mounts.status());
  for (const MountInfo& info : *mounts) Fill(info, *response->add_mounts());
  return grpc::Status::OK;
}

grpc::Status AdminService::Mount(grpc::ServerContext* context, const v1::MountRequest* request, v1::MountResponse*) {
  const v1::MountInfo& mount = request->mount();
  return Guarded(*context, [&] {
    return view_->Mount({mount.source(), mount.target(), mount.type(), mount.options()}, request->flags());
  });
}

grpc::Status AdminService::Unmount(grpc::ServerContext* context, const v1::UnmountRequest* request, v1::UnmountResponse*) {
  return Guarded(*context, [&] { return view_->Unmount(request->target(), request->flags()); });
}

grpc::Status AdminService::WatchEvents(grpc::ServerContext* context, const v1::WatchEventsRequest* request,
                                       grpc::ServerWriter<v1::Event>* writer) {
  absl::StatusOr<std::unique_ptr<ViewEvents>> events = view_->Events();
  if (!events.ok()) return ToGrpc(events.status());
  grpc::Status status(grpc::StatusCode::RESOURCE_EXHAUSTED, "too many watch this view");
  if (++streams_ <= kMostStreams) status = SendEvents(*context, *request, **events, ending_, *writer);
  --streams_;
  return status;
}

}  // namespace umsdk
