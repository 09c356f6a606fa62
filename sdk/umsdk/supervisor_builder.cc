#include <stdio.h>

#include <optional>
#include <utility>

#include "umsdk/engine_choice.h"
#include "umsdk/supervisor.h"
#include "umsdk/supervisor_impl.h"

namespace umsdk {

struct Supervisor::Builder::Parts {
  absl::Status status;
  std::vector<std::unique_ptr<Service>> services;
  EngineKind kind = EngineKind::kAuto;
  PtraceOptions ptrace;
  std::unique_ptr<Engine> engine;
  bool sealed = false;
  bool linger = false;
  std::optional<AdminOptions> administered;
  std::function<void(int)> on_stop;
  ViewOptions view;
};

Supervisor::Builder::Builder() : parts_(std::make_unique<Parts>()) {
  parts_->view.report = [](const std::string& line) { ::fprintf(stderr, "%s\n", line.c_str()); };
}
Supervisor::Builder::~Builder() = default;
Supervisor::Builder::Builder(Builder&&) noexcept = default;
Supervisor::Builder& Supervisor::Builder::operator=(Builder&&) noexcept = default;

Supervisor::Builder&& Supervisor::Builder::AddService(absl::StatusOr<std::unique_ptr<Service>> service) && {
  if (!service.ok()) {
    parts_->status.Update(service.status());
  } else if (*service == nullptr) {
    parts_->status.Update(absl::InvalidArgumentError("AddService: null service"));
  } else {
    parts_->services.push_back(*std::move(service));
  }
  return std::move(*this);
}

Supervisor::Builder&& Supervisor::Builder::WithEngine(EngineKind kind) && {
  parts_->kind = kind;
  return std::move(*this);
}

Supervisor::Builder&& Supervisor::Builder::WithPtraceOptions(PtraceOptions options) && {
  parts_->ptrace = options;
  return std::move(*this);
}

Supervisor::Builder&& Supervisor::Builder::WithEngine(std::unique_ptr<Engine> engine) && {
  parts_->engine = std::move(engine);
  return std::move(*this);
}

Supervisor::Builder&& Supervisor::Builder::Seal() && {
  parts_->sealed = true;
  return std::move(*this);
}

Supervisor::Builder&& Supervisor::Builder::WithServiceLoader(ServiceLoader loader) && {
  parts_->view.load_service = std::move(loader);
  return std::move(*this);
}

Supervisor::Builder&& Supervisor::Builder::ServeAdmin(AdminOptions options) && {
  parts_->administered = std::move(options);
  return std::move(*this);
}

Supervisor::Builder&& Supervisor::Builder::WithoutNesting() && {
  parts_->view.nesting = false;
  return std::move(*this);
}

Supervisor::Builder&& Supervisor::Builder::Linger() && {
  parts_->linger = true;
  return std::move(*this);
}

Supervisor::Builder&& Supervisor::Builder::OnStop(std::function<void(int signal)> callback) && {
  parts_->on_stop = std::move(callback);
  return std::move(*this);
}

Supervisor::Builder&& Supervisor::Builder::OnEvent(std::function<void(const std::string&)> sink) && {
  if (sink) parts_->view.report = std::move(sink);
  return std::move(*this);
}

Supervisor::Builder&& Supervisor::Builder::OnTrace(std::function<void(const TraceLine&)> sink, bool all) && {
  parts_->view.trace_all = all;
  parts_->view.trace = [sink = std::move(sink)](pid_t tid, const std::string& call, const std::string& result) {
    sink({tid, call, result});
  };
  return std::move(*this);
}

Supervisor::Builder&& Supervisor::Builder::WithCache(uint64_t resident_file, uint64_t total) && {
  parts_->view.resident_file = resident_file;
  parts_->view.total_memory = total;
  return std::move(*this);
}

absl::StatusOr<Supervisor> Supervisor::Builder::Build() && {
  if (!parts_->status.ok()) return parts_->status;
  auto impl = std::make_shared<Impl>();
  auto report = parts_->view.report;
  if (parts_->administered) {
    parts_->view.administer = [raw = impl.get()](const std::shared_ptr<Layer>& layer) {
      return raw->gate->Connect(layer);
    };
  }
  auto view = View::Create(std::move(parts_->view));
  if (!view.ok()) return view.status();
  impl->view = *std::move(view);
  impl->admin = std::make_unique<LayerAdmin>(*impl->view, impl->view->outermost());
  if (parts_->administered) impl->gate = std::make_unique<AdminGate>(*impl->view);
  impl->sealed = parts_->sealed;
  impl->linger = parts_->linger;
  impl->on_stop = std::move(parts_->on_stop);
  impl->engine = parts_->engine ? std::move(parts_->engine) : ChooseEngine(parts_->kind, parts_->ptrace, report);
  impl->view->SetLauncher([raw = impl.get()](const LaunchSpec& spec) {
    return raw->engine->Launch(spec, raw->Traps(), *raw->view);
  });
  for (std::unique_ptr<Service>& service : parts_->services) {
    absl::Status added = impl->view->AddService(impl->view->layer(), std::shared_ptr<Service>(std::move(service)), 0);
    if (!added.ok()) return added;
  }
  if (impl->sealed) impl->view->layer().Seal();
  auto notice = [raw = impl.get()](const std::string& line) { raw->view->Report(line); };
  if (parts_->administered.has_value() && parts_->administered->socket)
    impl->OpenSocket(parts_->administered->name, notice);
  if (parts_->administered.has_value() && parts_->administered->remote.has_value()) {
    absl::Status listens = impl->gate->Listen(*parts_->administered->remote, notice);
    if (!listens.ok())
      return absl::Status(listens.code(), "administration from other machines: " + std::string(listens.message()));
  }
  return Supervisor(std::move(impl));
}

}  // namespace umsdk
