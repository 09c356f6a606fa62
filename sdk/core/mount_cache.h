// MountCache: a file system's way to tell that what was read of its data is old.
#ifndef SDK_CORE_MOUNT_CACHE_H_
#define SDK_CORE_MOUNT_CACHE_H_

#include <memory>

#include "sdk/core/object_table.h"
#include "sdk/core/virtual_file.h"
#include "umsdk/file_system.h"

namespace umsdk {

// Thread-safe.
class MountCache final : public CacheControl {
 public:
  MountCache(ObjectTable& objects, const std::shared_ptr<Mount>& mount)
      : objects_(objects), mount_(mount) {}
  void DropData(NodeId node) override {
    std::shared_ptr<Mount> mount = mount_.lock();
    if (!mount) return;
    if (std::shared_ptr<VirtualFile> file = objects_.FileOf(mount.get(), node)) file->MarkOld();
  }

 private:
  ObjectTable& objects_;  // outlives every mount
  const std::weak_ptr<Mount> mount_;
};

}  // namespace umsdk

#endif  // SDK_CORE_MOUNT_CACHE_H_
