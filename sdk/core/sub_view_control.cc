#include "sdk/core/sub_view_control.h"

#include <limits.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sdk/core/mounting.h"
#include "sdk/core/routes.h"
#include "umsdk/control.h"

namespace umsdk {
namespace {

constexpr uint64_t kMaxServices = 64;

// The guests' filter is as it was at the launch: a call that does not stop cannot be claimed any
// more.
absl::Status CheckCalls(const Service& service, const ServiceChain& outer) {
  for (const Claim& claim : service.claims()) {
    bool all = claim.kind() == Claim::Kind::kAllCalls;
    if (!all && claim.kind() != Claim::Kind::kCall) continue;
    if (outer.ClaimsCall(all ? -1 : claim.number())) continue;
    const Route* route = all ? nullptr : FindRoute(claim.number());
    if (route != nullptr && route->condition == TrapRule::When::kAlways) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        std::string(service.name()),
        " claims calls that this view does not catch; load it with the outermost umview"));
  }
  return absl::OkStatus();
}

absl::Status LoadInto(Call& call, Layer& layer, const std::string& name,
                      const std::string& arguments, int position) {
  const ViewOptions& options = call.view().options();
  if (!options.load_service)
    return absl::UnimplementedError("no service can be loaded from inside this view");
  absl::StatusOr<std::unique_ptr<Service>> service = options.load_service(name, arguments);
  if (!service.ok()) return service.status();
  if (*service == nullptr) return absl::InternalError("no service was created");
  if (absl::Status calls = CheckCalls(**service, *call.layer().chain()); !calls.ok()) return calls;
  return call.view().AddService(layer, std::shared_ptr<Service>(*std::move(service)), position);
}

// Why it failed, for the caller: as much as it has room for.
void PutError(Call& call, const ControlSubView& request, const std::string& text) {
  if (request.error_size == 0) return;
  std::string bytes = text.substr(0, std::min<uint64_t>(request.error_size - 1, PATH_MAX));
  bytes.push_back('\0');
  (void)call.Put(request.error, bytes.data(), bytes.size());
}

ErrnoOrOk LoadAll(Call& call, Layer& layer, const ControlSubView& request) {
  for (uint64_t i = 0; i < request.count; ++i) {
    UMSDK_ASSIGN_OR_ERRNO(auto wanted,
                          call.Load<ControlService>(request.services + i * sizeof(ControlService)));
    UMSDK_ASSIGN_OR_ERRNO(std::string name, call.Path(wanted.name));
    UMSDK_ASSIGN_OR_ERRNO(std::string arguments, call.Path(wanted.arguments));
    absl::Status loaded = LoadInto(call, layer, name, arguments, static_cast<int>(i) + 1);
    if (loaded.ok()) continue;
    PutError(call, request, absl::StrCat(name, ": ", loaded.message()));
    return Errno(ENOEXEC);
  }
  return {};
}

}  // namespace

Verdict EnterSubView(Call& call) {
  UMSDK_ASSIGN_OR_VERDICT(ControlSubView request, call.Load<ControlSubView>(call.arg(2)));
  if (request.count > kMaxServices) return Verdict::Fail(Errno(E2BIG));
  call.trap().WillBlock();  // a module may take its time
  std::shared_ptr<Layer> layer = call.layer().Copy();
  ErrnoOrOk loaded = LoadAll(call, *layer, request);
  // Not Enter's: what was mounted in a layer that nobody enters is nothing but the copied mounts.
  if (loaded.ok()) loaded = call.view().sub_views().Enter(call.status().tgid, layer, &call.layer());
  if (!loaded.ok()) UnmountLayer(call.view(), *layer);
  return ToVerdict(loaded);
}

Verdict LeaveSubView(Call& call) {
  call.trap().WillBlock();
  std::shared_ptr<Layer> layer = call.view().sub_views().Leave(call.status().tgid);
  if (!layer) return Verdict::Fail(Errno(EINVAL));
  UnmountLayer(call.view(), *layer);
  return Verdict::Return(0);
}

}  // namespace umsdk
