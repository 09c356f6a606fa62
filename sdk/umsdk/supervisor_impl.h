// What Supervisor, its Builder and Guest share. Not part of the public API.
#ifndef UMSDK_SUPERVISOR_IMPL_H_
#define UMSDK_SUPERVISOR_IMPL_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "sdk/base/mutex.h"
#include "sdk/core/layer_admin.h"
#include "sdk/core/routes.h"
#include "sdk/core/view.h"
#include "sdk/engine/engine.h"
#include "umsdk/admin_gate.h"
#include "umsdk/admin_socket.h"
#include "umsdk/supervisor.h"

namespace umsdk {

struct Supervisor::Impl {
  std::unique_ptr<View> view;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<LayerAdmin> admin;  // of the outermost layer
  std::unique_ptr<AdminGate> gate;    // nobody administers it from elsewhere: nullptr
  std::unique_ptr<AdminSocket> socket;  // nobody outside does: nullptr
  bool sealed = false;
  bool linger = false;
  std::function<void(int)> on_stop;

  TrapSet Traps() const { return PlanTraps(*view->layer().chain(), sealed); }

  void OpenSocket(const std::string& name, const std::function<void(const std::string&)>& report) {
    auto serve = [this](UniqueFd connection) { return gate->Serve(std::move(connection)); };
    auto opened = AdminSocket::Open(name, serve, report);
    if (opened.ok()) {
      socket = *std::move(opened);
    } else {
      report("nobody outside can administer this view: " + std::string(opened.status().message()));
    }
  }

  // Helpers of mounts are trees of the engine.
  ~Impl() {
    socket.reset();
    if (gate) gate->Stop();
    if (view) view->UnmountAll();
  }
};

struct Guest::Impl {
  Impl(std::shared_ptr<Supervisor::Impl> of, std::unique_ptr<GuestTree> guests,
       std::optional<std::chrono::milliseconds> limit)
      : supervisor(std::move(of)), tree(std::move(guests)), timeout(limit) {}

  const std::shared_ptr<Supervisor::Impl> supervisor;
  const std::unique_ptr<GuestTree> tree;
  const std::optional<std::chrono::milliseconds> timeout;
  Mutex wait_mutex;
  std::optional<ExitStatus> status UMSDK_GUARDED_BY(wait_mutex);
};

}  // namespace umsdk

#endif  // UMSDK_SUPERVISOR_IMPL_H_
