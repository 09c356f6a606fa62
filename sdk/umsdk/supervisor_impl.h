// What Supervisor, its Builder and Guest share. Not part of the public API.
#ifndef UMSDK_SUPERVISOR_IMPL_H_
#define UMSDK_SUPERVISOR_IMPL_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "sdk/base/mutex.h"
#include "sdk/core/layer_admin.h"
#include "sdk/core/routes.h"
#include "sdk/core/view.h"
#include "sdk/engine/engine.h"
#include "umsdk/admin_gate.h"
#include "umsdk/supervisor.h"

namespace umsdk {

struct Supervisor::Impl {
  std::unique_ptr<View> view;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<LayerAdmin> admin;  // of the outermost layer
  std::unique_ptr<AdminGate> gate;    // nobody administers it from elsewhere: nullptr
  bool sealed = false;
  bool linger = false;
  std::function<void(int)> on_stop;

  TrapSet Traps() const { return PlanTraps(*view->layer().chain(), sealed); }

  // Helpers of mounts are trees of the engine.
  ~Impl() {
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
