#include "sdk/core/view.h"

#include <new>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sdk/base/errno_status.h"
#include "sdk/core/call.h"
#include "sdk/core/call_waiting.h"
#include "sdk/core/chain_context.h"
#include "sdk/core/exec_path.h"
#include "sdk/core/mounting.h"
#include "sdk/core/routes.h"
#include "sdk/syscall/describe.h"

namespace umsdk {

View::View(ViewOptions options, PrivateDir private_dir)
    : options_(std::move(options)),
      private_dir_(std::move(private_dir)),
      budget_(options_.resident_file, options_.total_memory),
      cache_(options_.total_memory / 4),
      copies_(private_dir_.fd(), options_.total_memory / 4),
      sub_views_([this](const std::shared_ptr<Layer>& layer) {
        sub_views_.KillMembers(layer.get());
        UnmountLayer(*this, *layer);
      }) {}

View::~View() { UnmountAll(); }

absl::StatusOr<std::unique_ptr<View>> View::Create(ViewOptions options) {
  absl::StatusOr<PrivateDir> dir = PrivateDir::Create();
  if (!dir.ok()) return dir.status();
  return std::unique_ptr<View>(new View(std::move(options), *std::move(dir)));
}

absl::Status View::AddService(Layer& layer, std::shared_ptr<Service> service, int position) {
  if (absl::Status started = service->OnStart(*this); !started.ok()) {
    started.SetPayload(kErrnoPayload, absl::Cord(absl::StrCat(ENOEXEC)));
    return started;
  }
  return layer.AddService(std::move(service), position);
}

void View::UnmountAll() {
  objects_.WriteBackAll(false);
  for (const std::shared_ptr<Layer>& layer : sub_views_.Stop()) UnmountLayer(*this, *layer);
  UnmountLayer(*this, *layer_);
  mount_ends_.AwaitAll();
  // What was unmounted while it was in use still has its daemon, which is a guest of this view. The
  // newest goes first: what its daemon writes may go to an older one.
  objects_.Reclaim();
  while (objects_.DropNewestUnmounted()) mount_ends_.AwaitAll();
}

// Nothing that a guest passes may end the supervisor: what a handler throws (memory) is its errno.
Verdict View::Handle(TrappedCall& trap) {
  try {
    return Route(trap);
  } catch (const std::bad_alloc&) {
    return Verdict::Fail(Errno(ENOMEM));
  } catch (...) {
    options_.report("a handler failed; the call got EIO");
    return Verdict::Fail(Errno(EIO));
  }
}

Verdict View::Route(TrappedCall& trap) {
  Call call(*this, trap);
  CallWaiting waiting(call);
  WaitingScope scope(&waiting);
  if (!fixups_.empty() && FinishExec(call) && trap.ComesAgain()) return Verdict::Continue();
  Layer& layer = call.layer();
  if (layer.wants_calls()) {
    std::shared_ptr<const ServiceChain> chain = layer.chain();
    if (chain->ClaimsCall(trap.number())) {
      CallRequest request{trap.number(), trap.args()};
      ChainContext context(call, chain->ForCall(trap.number()), [&](Service& service, SyscallContext& ctx) {
        return service.OnCall(ctx, request);
      });
      if (std::optional<Verdict> answer = FromChain(call, context.Run())) {
        Trace(trap, *answer);
        return *answer;
      }
    }
  }
  const umsdk::Route* route = FindRoute(trap.number());
  if (route == nullptr) return Verdict::Continue();
  using When = umsdk::Route::When;
  bool objects = !objects_.empty();
  bool concerned = route->when == When::kAlways || (route->when == When::kObjects && objects) ||
                   (route->when == When::kNames && (objects || layer.has_names())) || route->when == When::kSockets;
  Verdict verdict = concerned ? route->handle(call) : Verdict::Continue();
  if (options_.trace && (call.handled() || options_.trace_all)) Trace(trap, verdict);
  return verdict;
}

void View::Trace(TrappedCall& trap, const Verdict& verdict) {
  if (!options_.trace) return;
  options_.trace(trap.tid(), DescribeCall(trap), verdict.is_continue() ? "= ? (kernel)" : FormatResult(verdict.value()));
}

}  // namespace umsdk
