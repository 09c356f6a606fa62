// View: what one guest tree sees. It owns the layers (services and mounts) and the open objects, and
// brings every trapped call to the function that handles it (routes.cc).
#ifndef SDK_CORE_VIEW_H_
#define SDK_CORE_VIEW_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sdk/base/mutex.h"
#include "sdk/core/block_cache.h"
#include "sdk/core/dumpable.h"
#include "sdk/core/exec_fixups.h"
#include "sdk/core/identities.h"
#include "sdk/core/image_copies.h"
#include "sdk/core/memory_budget.h"
#include "sdk/core/layer.h"
#include "sdk/core/mount_ends.h"
#include "sdk/core/object_table.h"
#include "sdk/core/private_dir.h"
#include "sdk/core/socket_peers.h"
#include "sdk/core/sub_views.h"
#include "sdk/engine/engine.h"

namespace umsdk {

struct ViewOptions {
  std::function<void(const std::string&)> report;  // lines for the owner; must be set
  // tid, call, result of a handled or refused call; may be empty.
  std::function<void(pid_t, const std::string&, const std::string&)> trace;
  bool trace_all = false;
  uint64_t resident_file = uint64_t{64} << 20;  // bytes
  uint64_t total_memory = uint64_t{256} << 20;
  bool nesting = true;  // services' own accesses see the mounts that are older than theirs
  // Makes a service that a guest asks for (sub-views); may be empty.
  std::function<absl::StatusOr<std::unique_ptr<Service>>(const std::string& name, const std::string& arguments)>
      load_service;
  // A connection to those who administer the layer; may be empty.
  std::function<absl::StatusOr<UniqueFd>(const std::shared_ptr<Layer>& layer)> administer;
};

// Thread-safe.
class View final : public CallHandler, private ServiceHost {
 public:
  static absl::StatusOr<std::unique_ptr<View>> Create(ViewOptions options);
  ~View() override;

  Verdict Handle(TrappedCall& trap) override;

  // Starts the service and puts it into the layer's chain (Layer::AddService).
  absl::Status AddService(Layer& layer, std::shared_ptr<Service> service, int position);
  // The outermost one.
  Layer& layer() { return *layer_; }
  const std::shared_ptr<Layer>& outermost() const { return layer_; }
  // What the guest thread sees: the outermost layer, or that of its sub-view.
  std::shared_ptr<Layer> LayerOf(pid_t tid) {
    std::shared_ptr<Layer> sub_view = sub_views_.LayerOf(tid);
    return sub_view ? sub_view : layer_;
  }
  SubViews& sub_views() { return sub_views_; }
  // The epoch of a mount that is being made.
  uint64_t NextEpoch() { return epoch_++; }
  uint64_t epoch() const { return epoch_; }

  ObjectTable& objects() { return objects_; }
  // How programs are started in the view; set before the first guest runs.
  using Launcher = std::function<absl::StatusOr<std::unique_ptr<GuestTree>>(const LaunchSpec&)>;
  void SetLauncher(Launcher launcher) { launcher_ = std::move(launcher); }
  const Launcher& launcher() const { return launcher_; }

  MemoryBudget& budget() { return budget_; }
  BlockCache& cache() { return cache_; }
  ExecFixups& fixups() { return fixups_; }
  ImageCopies& copies() { return copies_; }
  Dumpable& dumpable() { return dumpable_; }
  Identities& identities() { return identities_; }
  SocketPeers& peers() { return peers_; }
  int private_dir() const { return private_dir_.fd(); }
  // Some guest has, or may get, a root directory or mount namespace that is not ours.
  bool foreign_roots() const { return foreign_roots_; }
  void SetForeignRoots() { foreign_roots_ = true; }

  MountEnds& mount_ends() { return mount_ends_; }
  // Flushes and unmounts all, newest first, those of sub-views before the others; waits for what
  // their file systems still do.
  void UnmountAll();

  void Report(const std::string& line) override {
    layer_->events().Publish(ViewEvent::Kind::kNotice, line);
    options_.report(line);
  }
  const ViewOptions& options() const { return options_; }

 private:
  View(ViewOptions options, PrivateDir private_dir);
  Verdict Route(TrappedCall& trap);
  void Trace(TrappedCall& trap, const Verdict& verdict);

  const ViewOptions options_;
  PrivateDir private_dir_;
  MemoryBudget budget_;
  BlockCache cache_;
  std::atomic<uint64_t> epoch_{1};
  const std::shared_ptr<Layer> layer_ = std::make_shared<Layer>();
  MountEnds mount_ends_;
  ObjectTable objects_;
  ExecFixups fixups_;
  ImageCopies copies_;
  Dumpable dumpable_;
  Identities identities_;
  SocketPeers peers_;
  std::atomic<bool> foreign_roots_{false};
  Launcher launcher_;
  SubViews sub_views_;  // has a thread that uses the rest
};

}  // namespace umsdk

#endif  // SDK_CORE_VIEW_H_
