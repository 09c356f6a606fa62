#include "umsdk/supervisor.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sdk/base/mutex.h"
#include "sdk/core/host_call.h"
#include "sdk/core/mounting.h"
#include "sdk/core/routes.h"
#include "sdk/core/view.h"
#include "sdk/engine/engine.h"
#include "umsdk/engine_choice.h"
#include "umsdk/launch_spec.h"

namespace umsdk {

struct Supervisor::Impl {
  std::unique_ptr<View> view;
  std::unique_ptr<Engine> engine;
  bool sealed = false;
  bool linger = false;
  std::atomic<bool> locked{false};
  std::function<void(int)> on_stop;

  // Helpers of mounts are trees of the engine.
  ~Impl() {
    if (view) view->UnmountAll();
  }
};

struct Guest::Impl {
  std::shared_ptr<Supervisor::Impl> supervisor;
  std::unique_ptr<GuestTree> tree;
  std::optional<std::chrono::milliseconds> timeout;
  Mutex wait_mutex;
  std::optional<ExitStatus> status UMSDK_GUARDED_BY(wait_mutex);
};

namespace {

constexpr std::chrono::milliseconds kGrace(2000);  // from SIGTERM to SIGKILL

ExitStatus ToExitStatus(const GuestEvent& event) {
  ExitStatus status;
  status.exec_errno = event.exec_errno;
  if (event.exec_errno != 0) {
    status.code = event.exec_errno == ENOENT || event.exec_errno == ENOTDIR ? 127 : 126;
  } else if (WIFSIGNALED(event.wait_status)) {
    status.signal = WTERMSIG(event.wait_status);
    status.core = WCOREDUMP(event.wait_status);
    status.code = 128 + status.signal;
  } else {
    status.code = WEXITSTATUS(event.wait_status);
  }
  return status;
}

// True when the time is over before the tree has an event.
bool TimedOut(GuestTree& tree, const std::optional<std::chrono::steady_clock::time_point>& deadline) {
  if (!deadline.has_value()) return false;
  while (true) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return true;
    pollfd event{tree.event_fd(), POLLIN, 0};
    int ready = ::poll(&event, 1, static_cast<int>(std::min<int64_t>(left.count(), 1 << 30)));
    if (ready > 0) return false;
  }
}

}  // namespace

Guest::Guest(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Guest::Guest(Guest&&) noexcept = default;
Guest& Guest::operator=(Guest&&) noexcept = default;
Guest::~Guest() = default;

pid_t Guest::pid() const { return impl_->tree->pid(); }
absl::Status Guest::Signal(int signal) { return impl_->tree->Signal(signal); }
void Guest::Terminate() { impl_->tree->Terminate(kGrace, false); }

absl::StatusOr<ExitStatus> Guest::Wait() {
  MutexLock lock(impl_->wait_mutex);
  if (impl_->status.has_value()) return *impl_->status;
  std::optional<std::chrono::steady_clock::time_point> deadline;
  if (impl_->timeout.has_value()) deadline = std::chrono::steady_clock::now() + *impl_->timeout;
  GuestTree& tree = *impl_->tree;
  bool timed_out = false;
  GuestEvent event;
  do {
    if (!timed_out && TimedOut(tree, deadline)) {
      timed_out = true;
      deadline.reset();
      tree.Terminate(kGrace, false);
    }
    event = tree.WaitEvent();
    if (event.kind == GuestEvent::Kind::kStopped && impl_->supervisor->on_stop) {
      impl_->supervisor->on_stop(WSTOPSIG(event.wait_status));
    }
  } while (event.kind == GuestEvent::Kind::kStopped || event.kind == GuestEvent::Kind::kContinued);
  if (event.kind == GuestEvent::Kind::kLost) {
    return absl::AbortedError("the view's warden process was killed, so all guests were killed too");
  }
  // In order: what was written reaches its place before anybody is killed.
  if (!impl_->supervisor->linger) impl_->supervisor->view->objects().WriteBackAll(false);
  tree.Terminate(kGrace, impl_->supervisor->linger);
  impl_->status = ToExitStatus(event);
  impl_->status->timed_out = timed_out;
  return *impl_->status;
}

Supervisor::Supervisor(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Supervisor::Supervisor(Supervisor&&) noexcept = default;
Supervisor& Supervisor::operator=(Supervisor&&) noexcept = default;
Supervisor::~Supervisor() = default;

absl::StatusOr<Guest> Supervisor::Spawn(const Command& command) {
  if (command.argv()[0].empty()) return absl::InvalidArgumentError("Spawn: the command has no program");
  LaunchSpec spec = MakeLaunchSpec(command);
  spec.continue_host = impl_->on_stop != nullptr;
  auto tree = impl_->engine->Launch(spec, PlanTraps(*impl_->view->layer().chain(), impl_->sealed),
                                    *impl_->view);
  if (!tree.ok()) return tree.status();
  auto guest = std::make_unique<Guest::Impl>();
  guest->supervisor = impl_;
  guest->tree = *std::move(tree);
  guest->timeout = command.timeout();
  return Guest(std::move(guest));
}

absl::StatusOr<ExitStatus> Supervisor::Run(const Command& command) {
  absl::StatusOr<Guest> guest = Spawn(command);
  if (!guest.ok()) return guest.status();
  return guest->Wait();
}

namespace {

absl::Status Changeable(bool locked, bool sealed) {
  if (locked) return absl::FailedPreconditionError("the chain of services is locked");
  if (sealed) return absl::FailedPreconditionError("the view is sealed: its services are fixed");
  return absl::OkStatus();
}

}  // namespace

absl::Status Supervisor::AddService(absl::StatusOr<std::unique_ptr<Service>> service, int position) {
  if (!service.ok()) return service.status();
  if (*service == nullptr) return absl::InvalidArgumentError("AddService: null service");
  if (absl::Status can = Changeable(impl_->locked, impl_->sealed); !can.ok()) return can;
  return impl_->view->AddService(impl_->view->layer(), std::shared_ptr<Service>(*std::move(service)), position);
}

absl::Status Supervisor::RemoveService(const std::string& name) {
  if (absl::Status can = Changeable(impl_->locked, impl_->sealed); !can.ok()) return can;
  return impl_->view->layer().RemoveService(name);
}

absl::Status Supervisor::MoveService(const std::string& name, int position) {
  if (absl::Status can = Changeable(impl_->locked, impl_->sealed); !can.ok()) return can;
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

// ---- Builder ----

struct Supervisor::Builder::Parts {
  absl::Status status;
  std::vector<std::unique_ptr<Service>> services;
  EngineKind kind = EngineKind::kAuto;
  PtraceOptions ptrace;
  std::unique_ptr<Engine> engine;
  bool sealed = false;
  bool linger = false;
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
  if (parts_->view.load_service) {
    parts_->view.load_service = [raw = impl.get(), load = std::move(parts_->view.load_service)](
                                    const std::string& name,
                                    const std::string& arguments) -> absl::StatusOr<std::unique_ptr<Service>> {
      if (absl::Status can = Changeable(raw->locked, raw->sealed); !can.ok()) return can;
      return load(name, arguments);
    };
  }
  auto view = View::Create(std::move(parts_->view));
  if (!view.ok()) return view.status();
  impl->view = *std::move(view);
  impl->sealed = parts_->sealed;
  impl->linger = parts_->linger;
  impl->on_stop = std::move(parts_->on_stop);
  impl->engine = parts_->engine ? std::move(parts_->engine) : ChooseEngine(parts_->kind, parts_->ptrace, report);
  impl->view->SetLauncher([raw = impl.get()](const LaunchSpec& spec) {
    return raw->engine->Launch(spec, PlanTraps(*raw->view->layer().chain(), raw->sealed), *raw->view);
  });
  for (std::unique_ptr<Service>& service : parts_->services) {
    absl::Status added = impl->view->AddService(impl->view->layer(), std::shared_ptr<Service>(std::move(service)), 0);
    if (!added.ok()) return added;
  }
  return Supervisor(std::move(impl));
}

}  // namespace umsdk
