// View: what one guest tree sees. It owns the mounts, the open objects and the chain, and brings every
// trapped call to the function that handles it (dispatch.cc).
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
#include "sdk/core/memory_budget.h"
#include "sdk/core/mount_table.h"
#include "sdk/core/object_table.h"
#include "sdk/core/private_dir.h"
#include "sdk/core/service_chain.h"
#include "sdk/core/socket_peers.h"
#include "sdk/engine/engine.h"

namespace umsdk {

struct ViewOptions {
  std::function<void(const std::string&)> report;  // lines for the owner; must be set
  // tid, call, result of a handled or refused call; may be empty.
  std::function<void(pid_t, const std::string&, const std::string&)> trace;
  bool trace_all = false;
  uint64_t resident_file = uint64_t{64} << 20;  // bytes
  uint64_t total_memory = uint64_t{256} << 20;
};

// Thread-safe.
class View final : public CallHandler, private ServiceHost {
 public:
  static absl::StatusOr<std::unique_ptr<View>> Create(ViewOptions options);
  ~View() override;

  Verdict Handle(TrappedCall& trap) override;

  // The chain. `position` 1 is the front, 0 the end.
  absl::Status AddService(std::shared_ptr<Service> service, int position);
  absl::Status RemoveService(const std::string& name);
  absl::Status MoveService(const std::string& name, int position);
  std::shared_ptr<const ServiceChain> chain() const;

  // True when some path may lead to something virtual.
  bool has_names() const { return has_path_claims_ || !mounts_.empty(); }
  MountTable& mounts() { return mounts_; }
  ObjectTable& objects() { return objects_; }
  MemoryBudget& budget() { return budget_; }
  BlockCache& cache() { return cache_; }
  ExecFixups& fixups() { return fixups_; }
  Dumpable& dumpable() { return dumpable_; }
  SocketPeers& peers() { return peers_; }
  int private_dir() const { return private_dir_.fd(); }
  // Some guest has, or may get, a root directory or mount namespace that is not ours.
  bool foreign_roots() const { return foreign_roots_; }
  void SetForeignRoots() { foreign_roots_ = true; }

  // Flushes and unmounts all, newest first.
  void UnmountAll();

  void Report(const std::string& line) override { options_.report(line); }
  const ViewOptions& options() const { return options_; }

 private:
  View(ViewOptions options, PrivateDir private_dir);
  absl::Status Publish(std::vector<ServiceChain::Link> links) UMSDK_REQUIRES(chain_mutex_);
  Verdict Route(TrappedCall& trap);
  void Trace(TrappedCall& trap, const Verdict& verdict);

  const ViewOptions options_;
  PrivateDir private_dir_;
  MemoryBudget budget_;
  BlockCache cache_;
  MountTable mounts_;
  ObjectTable objects_;
  ExecFixups fixups_;
  Dumpable dumpable_;
  SocketPeers peers_;
  std::atomic<bool> foreign_roots_{false};
  std::atomic<bool> has_path_claims_{false};
  mutable Mutex chain_mutex_;
  std::shared_ptr<const ServiceChain> chain_ UMSDK_GUARDED_BY(chain_mutex_);
  std::atomic<bool> chain_wants_calls_{false};
};

}  // namespace umsdk

#endif  // SDK_CORE_VIEW_H_
