// PartMounts: the parts of a mounted device (its partitions) as mounts of their own, so that path
// walks, stat and open treat them as they treat the device itself.
#ifndef SDK_CORE_DEVICE_PARTS_H_
#define SDK_CORE_DEVICE_PARTS_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sdk/base/mutex.h"
#include "sdk/core/mount.h"

namespace umsdk {

// Thread-safe. Belongs to the mount of the whole, which is an argument where it is needed.
class PartMounts {
 public:
  explicit PartMounts(std::shared_ptr<DeviceParts> parts) : parts_(std::move(parts)) {}

  // nullptr: there is no such part (any more).
  std::shared_ptr<Mount> Find(const Mount& whole, std::string_view suffix);
  std::vector<std::shared_ptr<Mount>> All(const Mount& whole);

 private:
  // Follows what the service has set since.
  void Refresh(const Mount& whole) UMSDK_REQUIRES(mutex_);

  const std::shared_ptr<DeviceParts> parts_;
  Mutex mutex_;
  uint64_t seen_ UMSDK_GUARDED_BY(mutex_) = 0;  // version of parts_
  // In the service's order.
  std::vector<std::pair<std::string, std::shared_ptr<Mount>>> mounts_ UMSDK_GUARDED_BY(mutex_);
};

// The target's directory and the name in it; not for "/".
std::pair<std::string_view, std::string_view> SplitTarget(std::string_view target);

}  // namespace umsdk

#endif  // SDK_CORE_DEVICE_PARTS_H_
