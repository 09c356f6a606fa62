// Layer: what the processes of a view, or of a sub-view, see: a chain of services and a table of
// mounts.
#ifndef SDK_CORE_LAYER_H_
#define SDK_CORE_LAYER_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sdk/base/mutex.h"
#include "sdk/core/event_hub.h"
#include "sdk/core/mount_table.h"
#include "sdk/core/service_chain.h"
#include "umsdk/administration.h"

namespace umsdk {

// Thread-safe.
class Layer {
 public:
  Layer() : chain_(std::make_shared<const ServiceChain>()) {}
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;
  // A copy as of now, for a sub-view: later changes of the one are not seen in the other.
  std::shared_ptr<Layer> Copy() const;

  MountTable& mounts() { return mounts_; }
  // Changes of the chain are told there by this class, mounts by those who make them.
  EventHub& events() { return events_; }
  std::shared_ptr<const ServiceChain> chain() const;
  // True when some path may lead to something virtual.
  bool has_names() const { return has_path_claims_ || !mounts_.empty(); }
  bool wants_calls() const { return wants_calls_; }

  // All changes answer with ErrnoStatus. Once the chain is locked: EFAULT for AddService, ENOSYS for the
  // others.
  //
  // The service must have been started. `position` 1 is the front, 0 the end. A name and a code may be
  // there once, but may hide one that was copied from the outer layer.
  absl::Status AddService(std::shared_ptr<Service> service, int position);
  // EBUSY: a mount of it is there. Returns what was removed.
  absl::StatusOr<std::shared_ptr<Service>> RemoveService(const ServiceSelector& which);
  absl::Status MoveService(const ServiceSelector& which, int position);
  absl::StatusOr<std::shared_ptr<Service>> FindService(const ServiceSelector& which) const;
  // For good; `hide`: the chain is nobody's business any more.
  void Lock(bool hide);
  // The guests' filters know only what is there now: every change is EPERM.
  void Seal() { sealed_ = true; }
  bool changeable() const { return !locked_ && !sealed_; }
  bool hidden() const { return hidden_; }

 private:
  absl::Status CheckChangeable(int locked_errno) const;
  void Publish(std::vector<ServiceChain::Link> links) UMSDK_REQUIRES(mutex_);

  EventHub events_;
  MountTable mounts_;
  std::atomic<bool> has_path_claims_{false};
  std::atomic<bool> wants_calls_{false};
  std::atomic<bool> locked_{false}, hidden_{false}, sealed_{false};  // only ever set
  mutable Mutex mutex_;
  std::shared_ptr<const ServiceChain> chain_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // SDK_CORE_LAYER_H_
