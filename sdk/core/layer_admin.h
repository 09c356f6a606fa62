// LayerAdmin: the Administration of a view, or of one of its sub-views.
#ifndef SDK_CORE_LAYER_ADMIN_H_
#define SDK_CORE_LAYER_ADMIN_H_

#include <memory>
#include <string>
#include <vector>

#include "sdk/core/layer.h"
#include "sdk/core/view.h"
#include "umsdk/administration.h"

namespace umsdk {

// Thread-safe: what it has is constant, View and Layer lock themselves. The view must outlive it; once a
// sub-view has ended all is ESRCH.
class LayerAdmin final : public Administration {
 public:
  LayerAdmin(View& view, const std::shared_ptr<Layer>& layer) : view_(view), layer_(layer) {}

  absl::StatusOr<std::vector<ServiceInfo>> Services() override;
  absl::Status LoadService(const std::string& name, const std::string& arguments, int position) override;
  absl::Status RemoveService(const ServiceSelector& which, bool force) override;
  absl::Status MoveService(const ServiceSelector& which, int position) override;
  absl::Status LockServices(bool hide) override;

  absl::StatusOr<std::vector<MountInfo>> Mounts() override;
  absl::Status Mount(const MountInfo& mount, unsigned long flags) override;
  absl::Status Unmount(const std::string& target, int flags) override;
  absl::StatusOr<std::unique_ptr<ViewEvents>> Events() override;

 private:
  absl::StatusOr<std::shared_ptr<Layer>> GetLayer() const;
  // The layer, if its services are not hidden.
  absl::StatusOr<std::shared_ptr<Layer>> OpenLayer() const;
  absl::Status DetachMountsOf(Layer& layer, const Service& service);

  View& view_;
  const std::weak_ptr<Layer> layer_;
};

}  // namespace umsdk

#endif  // SDK_CORE_LAYER_ADMIN_H_
