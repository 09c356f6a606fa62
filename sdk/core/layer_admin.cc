#include "sdk/core/layer_admin.h"

#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sdk/base/errno_status.h"
#include "sdk/base/status_macros.h"
#include "sdk/core/host_call.h"
#include "sdk/core/load_service.h"
#include "sdk/core/mounting.h"

namespace umsdk {
namespace {

// A call of this very thread, which sees what the layer has.
class AdminCall {
 public:
  AdminCall(View& view, const std::shared_ptr<Layer>& layer)
      : call_(view, trap_, layer, UINT64_MAX, ReadGuestStatus(trap_.tid()).value_or(GuestStatus())) {}
  Call& call() { return call_; }

 private:
  HostCall trap_;
  Call call_;
};

absl::Status ToStatus(const std::optional<Verdict>& verdict, int otherwise, const std::string& what) {
  int64_t result = verdict.has_value() ? verdict->value() : -otherwise;
  if (result == 0) return absl::OkStatus();
  int error = static_cast<int>(-result);
  return ErrnoStatus(error, absl::StrCat(what, ": ", std::strerror(error)));
}

bool IsAbsolute(const std::string& path) { return !path.empty() && path[0] == '/'; }

std::string ClaimText(const Claim& claim) {
  switch (claim.kind()) {
    case Claim::Kind::kPath:
      return absl::StrCat("path ", claim.text());
    case Claim::Kind::kFsType:
      return absl::StrCat("file system ", claim.text());
    case Claim::Kind::kSocketFamily:
      return absl::StrCat("socket family ", claim.number());
    case Claim::Kind::kExec:
      return "exec";
    case Claim::Kind::kCall:
      return absl::StrCat("call ", claim.number());
    case Claim::Kind::kAllCalls:
      return "all calls";
  }
  return "";
}

ServiceInfo Describe(const ServiceChain::Link& link, int position) {
  const Service& service = *link.service;
  ServiceInfo info = {position, service.code(), std::string(service.name()), std::string(service.description()), {}, 0};
  for (const Claim& claim : link.claims) info.claims.push_back(ClaimText(claim));
  return info;
}

}  // namespace

absl::StatusOr<std::shared_ptr<Layer>> LayerAdmin::GetLayer() const {
  std::shared_ptr<Layer> layer = layer_.lock();
  if (!layer) return ErrnoStatus(ESRCH, "the sub-view has ended");
  return layer;
}

absl::StatusOr<std::shared_ptr<Layer>> LayerAdmin::OpenLayer() const {
  UMSDK_ASSIGN_OR_RETURN(std::shared_ptr<Layer> layer, GetLayer());
  if (layer->hidden()) return ErrnoStatus(ENOSYS, "the services of this view are hidden");
  return layer;
}

absl::StatusOr<std::vector<ServiceInfo>> LayerAdmin::Services() {
  UMSDK_ASSIGN_OR_RETURN(std::shared_ptr<Layer> layer, OpenLayer());
  std::vector<ServiceInfo> infos;
  std::vector<std::shared_ptr<umsdk::Mount>> mounts = layer->mounts().List();
  std::shared_ptr<const ServiceChain> chain = layer->chain();
  for (const ServiceChain::Link& link : chain->links()) {
    infos.push_back(Describe(link, static_cast<int>(infos.size()) + 1));
    for (const auto& mount : mounts) infos.back().mounts += mount->service == link.service ? 1 : 0;
  }
  return infos;
}

// It is loaded first, so that a locked view still tells what is wrong with the service itself.
absl::Status LayerAdmin::LoadService(const std::string& name, const std::string& arguments, int position) {
  UMSDK_ASSIGN_OR_RETURN(std::shared_ptr<Layer> layer, OpenLayer());
  return LoadServiceInto(view_, *layer, *layer->chain(), {name, arguments}, position);
}

absl::Status LayerAdmin::DetachMountsOf(Layer& layer, const Service& service) {
  std::vector<std::shared_ptr<umsdk::Mount>> mounts = layer.mounts().List();
  for (auto mount = mounts.rbegin(); mount != mounts.rend(); ++mount) {
    if ((*mount)->service.get() != &service) continue;
    ErrnoOrOk done = umsdk::Unmount(view_, layer, *mount, MNT_DETACH);
    if (!done.ok()) return ErrnoStatus(static_cast<int>(done.error()), absl::StrCat("unmount ", (*mount)->target));
  }
  return absl::OkStatus();
}

absl::Status LayerAdmin::RemoveService(const ServiceSelector& which, bool force) {
  UMSDK_ASSIGN_OR_RETURN(std::shared_ptr<Layer> layer, OpenLayer());
  if (!layer->changeable()) return layer->RemoveService(which).status();
  UMSDK_ASSIGN_OR_RETURN(std::shared_ptr<Service> service, layer->FindService(which));
  if (force) {
    UMSDK_RETURN_IF_ERROR(DetachMountsOf(*layer, *service));
  } else if (view_.objects().HoldsObjectOf(*service)) {
    return ErrnoStatus(EBUSY, absl::StrCat("files of service ", std::string(service->name()), " are open"));
  }
  return layer->RemoveService(which).status();
}

absl::Status LayerAdmin::MoveService(const ServiceSelector& which, int position) {
  UMSDK_ASSIGN_OR_RETURN(std::shared_ptr<Layer> layer, OpenLayer());
  return layer->MoveService(which, position);
}

absl::Status LayerAdmin::LockServices(bool hide) {
  UMSDK_ASSIGN_OR_RETURN(std::shared_ptr<Layer> layer, OpenLayer());
  layer->Lock(hide);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<MountInfo>> LayerAdmin::Mounts() {
  UMSDK_ASSIGN_OR_RETURN(std::shared_ptr<Layer> layer, GetLayer());
  std::vector<MountInfo> infos;
  for (const auto& mount : layer->mounts().List()) {
    infos.push_back({mount->source, mount->target, mount->type, mount->options});
  }
  return infos;
}

absl::Status LayerAdmin::Mount(const MountInfo& mount, unsigned long flags) {
  std::string what = absl::StrCat("mount ", mount.type, " on ", mount.target);
  if (!IsAbsolute(mount.target)) return ErrnoStatus(EINVAL, absl::StrCat(what, ": the target must be absolute"));
  UMSDK_ASSIGN_OR_RETURN(std::shared_ptr<Layer> layer, GetLayer());
  AdminCall call(view_, layer);
  MountArgs args = {mount.source, mount.target, mount.type, flags, mount.options};
  return ToStatus(MountForGuest(call.call(), args), ENODEV, what);
}

absl::Status LayerAdmin::Unmount(const std::string& target, int flags) {
  if (!IsAbsolute(target)) return ErrnoStatus(EINVAL, "unmount: the target must be absolute");
  UMSDK_ASSIGN_OR_RETURN(std::shared_ptr<Layer> layer, GetLayer());
  AdminCall call(view_, layer);
  return ToStatus(UnmountForGuest(call.call(), target, flags), EINVAL, absl::StrCat("unmount ", target));
}

absl::StatusOr<std::unique_ptr<ViewEvents>> LayerAdmin::Events() {
  UMSDK_ASSIGN_OR_RETURN(std::shared_ptr<Layer> layer, GetLayer());
  return layer->events().Watch();
}

}  // namespace umsdk
