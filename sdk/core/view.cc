#include "sdk/core/view.h"

#include <algorithm>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sdk/core/call.h"
#include "sdk/core/chain_context.h"
#include "sdk/core/exec_path.h"
#include "sdk/core/mounting.h"
#include "sdk/core/routes.h"
#include "sdk/syscall/describe.h"
#include "sys/mount.h"

namespace umsdk {

View::View(ViewOptions options, PrivateDir private_dir)
    : options_(std::move(options)),
      private_dir_(std::move(private_dir)),
      budget_(options_.resident_file, options_.total_memory),
      cache_(options_.total_memory / 4),
      chain_(std::make_shared<const ServiceChain>()) {}

View::~View() { UnmountAll(); }

absl::StatusOr<std::unique_ptr<View>> View::Create(ViewOptions options) {
  absl::StatusOr<PrivateDir> dir = PrivateDir::Create();
  if (!dir.ok()) return dir.status();
  return std::unique_ptr<View>(new View(std::move(options), *std::move(dir)));
}

std::shared_ptr<const ServiceChain> View::chain() const {
  MutexLock lock(chain_mutex_);
  return chain_;
}

absl::Status View::Publish(std::vector<ServiceChain::Link> links) {
  auto next = std::make_shared<const ServiceChain>(std::move(links));
  has_path_claims_ = next->claims_paths();
  chain_wants_calls_ = next->claims_calls();
  chain_ = std::move(next);
  return absl::OkStatus();
}

absl::Status View::AddService(std::shared_ptr<Service> service, int position) {
  if (absl::Status started = service->OnStart(*this); !started.ok()) return started;
  std::string name(service->name());
  Claims claims = service->claims();
  MutexLock lock(chain_mutex_);
  std::vector<ServiceChain::Link> links = chain_->links();
  for (const ServiceChain::Link& link : links) {
    if (link.service->name() == name) return absl::AlreadyExistsError(absl::StrCat("service ", name, " is loaded already"));
  }
  size_t at = position <= 0 ? links.size() : std::min<size_t>(links.size(), static_cast<size_t>(position) - 1);
  links.insert(links.begin() + static_cast<ptrdiff_t>(at), {std::move(service), std::move(claims)});
  return Publish(std::move(links));
}

absl::Status View::RemoveService(const std::string& name) {
  for (const auto& mount : mounts_.List()) {
    if (mount->service && mount->service->name() == name) {
      return absl::FailedPreconditionError(
          absl::StrCat("service ", name, " is in use by the mount on ", mount->target, "; unmount it first"));
    }
  }
  MutexLock lock(chain_mutex_);
  std::vector<ServiceChain::Link> links = chain_->links();
  if (std::erase_if(links, [&](const auto& link) { return link.service->name() == name; }) == 0) {
    return absl::NotFoundError(absl::StrCat("no service ", name, " is loaded"));
  }
  return Publish(std::move(links));
}

absl::Status View::MoveService(const std::string& name, int position) {
  MutexLock lock(chain_mutex_);
  std::vector<ServiceChain::Link> links = chain_->links();
  auto it = std::find_if(links.begin(), links.end(), [&](const auto& link) { return link.service->name() == name; });
  if (it == links.end()) return absl::NotFoundError(absl::StrCat("no service ", name, " is loaded"));
  ServiceChain::Link moved = *it;
  links.erase(it);
  size_t at = position <= 0 ? links.size() : std::min<size_t>(links.size(), static_cast<size_t>(position) - 1);
  links.insert(links.begin() + static_cast<ptrdiff_t>(at), std::move(moved));
  return Publish(std::move(links));
}

void View::UnmountAll() {
  objects_.WriteBackAll();
  std::vector<std::shared_ptr<Mount>> all = mounts_.List();
  for (auto it = all.rbegin(); it != all.rend(); ++it) (void)Unmount(*this, *it, MNT_DETACH);
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
  if (!fixups_.empty() && FinishExec(call) && trap.ComesAgain()) return Verdict::Continue();
  if (chain_wants_calls_) {
    std::shared_ptr<const ServiceChain> chain = this->chain();
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
                   (route->when == When::kNames && (objects || has_names())) || route->when == When::kSockets;
  Verdict verdict = concerned ? route->handle(call) : Verdict::Continue();
  if (options_.trace && (call.handled() || options_.trace_all)) Trace(trap, verdict);
  return verdict;
}

void View::Trace(TrappedCall& trap, const Verdict& verdict) {
  if (!options_.trace) return;
  options_.trace(trap.tid(), DescribeCall(trap), verdict.is_continue() ? "= ? (kernel)" : FormatResult(verdict.value()));
}

}  // namespace umsdk
