#include "sdk/core/sub_view_control.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "sdk/core/control_text.h"
#include "sdk/core/load_service.h"
#include "sdk/core/mounting.h"
#include "umsdk/control.h"

namespace umsdk {
namespace {

constexpr uint64_t kMaxServices = 64;

ErrnoOrOk LoadAll(Call& call, Layer& layer, const ControlSubView& request) {
  for (uint64_t i = 0; i < request.count; ++i) {
    UMSDK_ASSIGN_OR_ERRNO(auto wanted,
                          call.Load<ControlService>(request.services + i * sizeof(ControlService)));
    UMSDK_ASSIGN_OR_ERRNO(std::string name, call.Path(wanted.name));
    UMSDK_ASSIGN_OR_ERRNO(std::string arguments, call.Path(wanted.arguments));
    absl::Status loaded =
        LoadServiceInto(call.view(), layer, *call.layer().chain(), {name, arguments}, static_cast<int>(i) + 1);
    if (loaded.ok()) continue;
    PutText(call, {request.error, request.error_size}, absl::StrCat(name, ": ", loaded.message()));
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
