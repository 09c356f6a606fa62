#include "sdk/core/load_service.h"

#include <cerrno>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "sdk/base/errno_status.h"
#include "sdk/core/routes.h"

namespace umsdk {
namespace {

absl::Status NotLoaded(absl::Status why) {
  why.SetPayload(kErrnoPayload, absl::Cord(absl::StrCat(absl::IsPermissionDenied(why) ? EACCES : ENOEXEC)));
  return why;
}

// The guests' filter is as it was at the launch: a call that does not stop cannot be claimed any
// more.
absl::Status CheckCalls(const Service& service, const ServiceChain& caught) {
  for (const Claim& claim : service.claims()) {
    bool all = claim.kind() == Claim::Kind::kAllCalls;
    if (!all && claim.kind() != Claim::Kind::kCall) continue;
    if (caught.ClaimsCall(all ? -1 : claim.number())) continue;
    if (!all && CanBeClaimedLater(claim.number())) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        std::string(service.name()),
        " claims calls that this view does not catch; load it with the outermost umview"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status LoadServiceInto(View& view, Layer& layer, const ServiceChain& caught, const ServiceToLoad& what,
                             int position) {
  const auto& load = view.options().load_service;
  if (!load) return NotLoaded(absl::UnimplementedError("no service can be loaded from inside this view"));
  absl::StatusOr<std::unique_ptr<Service>> service = load(what.name, what.arguments);
  if (!service.ok()) return NotLoaded(service.status());
  if (*service == nullptr) return NotLoaded(absl::InternalError("no service was created"));
  if (absl::Status calls = CheckCalls(**service, caught); !calls.ok()) return NotLoaded(calls);
  return view.AddService(layer, std::shared_ptr<Service>(*std::move(service)), position);
}

}  // namespace umsdk
