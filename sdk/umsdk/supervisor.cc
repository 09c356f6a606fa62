#include "umsdk/supervisor.h"

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sdk/core/host_call.h"
#include "sdk/core/mounting.h"
#include "umsdk/launch_spec.h"
#include "umsdk/tree_end.h"
#include "umsdk/supervisor_impl.h"

namespace umsdk {

Supervisor::Supervisor(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Supervisor::Supervisor(Supervisor&&) noexcept = default;
Supervisor& Supervisor::operator=(Supervisor&&) noexcept = default;
Supervisor::~Supervisor() = default;

absl::StatusOr<Guest> Supervisor::Spawn(const Command& command) {
  if (command.argv()[0].empty()) return absl::InvalidArgumentError("Spawn: the command has no program");
  LaunchSpec spec = MakeLaunchSpec(command);
  spec.continue_host = impl_->on_stop != nullptr;
  auto tree = impl_->engine->Launch(spec, impl_->Traps(), *impl_->view);
  if (!tree.ok()) return tree.status();
  return Guest(std::make_unique<Guest::Impl>(impl_, *std::move(tree), command.timeout()));
}

absl::StatusOr<Guest> Supervisor::Admit(UniqueFd connection) {
  auto tree = impl_->engine->Admit(std::move(connection), impl_->Traps(), *impl_->view);
  if (!tree.ok()) return tree.status();
  return Guest(std::make_unique<Guest::Impl>(impl_, *std::move(tree), std::nullopt));
}

absl::StatusOr<ExitStatus> Supervisor::Run(const Command& command) {
  absl::StatusOr<Guest> guest = Spawn(command);
  if (!guest.ok()) return guest.status();
  return guest->Wait();
}

absl::Status Supervisor::AddService(absl::StatusOr<std::unique_ptr<Service>> service, int position) {
  if (!service.ok()) return service.status();
  if (*service == nullptr) return absl::InvalidArgumentError("AddService: null service");
  if (absl::Status can = impl_->Changeable(); !can.ok()) return can;
  return impl_->view->AddService(impl_->view->layer(), std::shared_ptr<Service>(*std::move(service)), position);
}

absl::Status Supervisor::RemoveService(const std::string& name) {
  if (absl::Status can = impl_->Changeable(); !can.ok()) return can;
  return impl_->view->layer().RemoveService(name);
}

absl::Status Supervisor::MoveService(const std::string& name, int position) {
  if (absl::Status can = impl_->Changeable(); !can.ok()) return can;
  return impl_->view->layer().MoveService(name, position);
}

void Supervisor::Lock() { impl_->locked = true; }

std::vector<ServiceInfo> Supervisor::services() const {
  std::vector<ServiceInfo> infos;
  for (const ServiceChain::Link& link : impl_->view->layer().chain()->links()) {
    const Service& service = *link.service;
    infos.push_back({static_cast<int>(infos.size()) + 1, service.code(), std::string(service.name()),
                     std::string(service.description())});
  }
  return infos;
}

absl::Status Supervisor::Mount(const std::string& source, const std::string& target, const std::string& type,
                               unsigned long flags, const std::string& options) {
  if (target.empty() || target[0] != '/') return absl::InvalidArgumentError("Mount: the target must be absolute");
  HostCall trap;
  Call call(*impl_->view, trap);
  std::optional<Verdict> verdict = MountForGuest(call, {source, target, type, flags, options});
  if (!verdict.has_value()) return absl::NotFoundError(absl::StrCat("no service mounts type ", type));
  if (verdict->value() == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(static_cast<int>(-verdict->value()), absl::StrCat("mount ", type, " on ", target));
}

absl::Status Supervisor::Unmount(const std::string& target, int flags) {
  HostCall trap;
  Call call(*impl_->view, trap);
  std::optional<Verdict> verdict = UnmountForGuest(call, target, flags);
  int64_t result = verdict.has_value() ? verdict->value() : -EINVAL;
  if (result == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(static_cast<int>(-result), absl::StrCat("unmount ", target));
}

std::vector<MountInfo> Supervisor::mounts() const {
  std::vector<MountInfo> infos;
  for (const auto& mount : impl_->view->layer().mounts().List()) {
    infos.push_back({mount->source, mount->target, mount->type, mount->options});
  }
  return infos;
}

std::string Supervisor::engine_name() const { return impl_->engine->name(); }

}  // namespace umsdk
