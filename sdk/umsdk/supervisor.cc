#include "umsdk/supervisor.h"

#include <utility>

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
  return impl_->view->AddService(impl_->view->layer(), std::shared_ptr<Service>(*std::move(service)), position);
}

absl::Status Supervisor::RemoveService(const std::string& name) {
  return impl_->admin->RemoveService({.name = name}, false);
}

absl::Status Supervisor::MoveService(const std::string& name, int position) {
  return impl_->admin->MoveService({.name = name}, position);
}

void Supervisor::Lock(bool hide) { impl_->view->layer().Lock(hide); }

std::vector<ServiceInfo> Supervisor::services() const {
  absl::StatusOr<std::vector<ServiceInfo>> services = impl_->admin->Services();
  return services.ok() ? *std::move(services) : std::vector<ServiceInfo>();
}

absl::Status Supervisor::Mount(const std::string& source, const std::string& target, const std::string& type,
                               unsigned long flags, const std::string& options) {
  return impl_->admin->Mount({source, target, type, options}, flags);
}

absl::Status Supervisor::Unmount(const std::string& target, int flags) { return impl_->admin->Unmount(target, flags); }

std::vector<MountInfo> Supervisor::mounts() const {
  absl::StatusOr<std::vector<MountInfo>> mounts = impl_->admin->Mounts();
  return mounts.ok() ? *std::move(mounts) : std::vector<MountInfo>();
}

Administration& Supervisor::administration() { return *impl_->admin; }

std::string Supervisor::engine_name() const { return impl_->engine->name(); }

}  // namespace umsdk
