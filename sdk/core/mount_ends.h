// MountEnds: what file systems still do, or will, after their mounts are gone.
#ifndef SDK_CORE_MOUNT_ENDS_H_
#define SDK_CORE_MOUNT_ENDS_H_

#include <algorithm>
#include <memory>
#include <vector>

#include "sdk/base/mutex.h"
#include "umsdk/file_system.h"

namespace umsdk {

// Thread-safe.
class MountEnds {
 public:
  // When the mount is made; null is left out.
  void Add(const std::shared_ptr<FileSystemEnd>& end) {
    if (!end) return;
    MutexLock lock(mutex_);
    std::erase_if(ends_, [](const std::weak_ptr<FileSystemEnd>& one) { return one.expired(); });
    ends_.push_back(end);
  }
  // Processes of the view are at work for mounts: FileSystemEnd::Working.
  bool Working() const {
    std::vector<std::shared_ptr<FileSystemEnd>> all = All();
    return std::any_of(all.begin(), all.end(), [](const auto& end) { return end->Working(); });
  }
  bool empty() const { return All().empty(); }
  // Of those whose file systems are gone.
  void AwaitAll() const {
    for (const std::shared_ptr<FileSystemEnd>& end : All()) (void)end->Await();
  }

 private:
  std::vector<std::shared_ptr<FileSystemEnd>> All() const {
    std::vector<std::shared_ptr<FileSystemEnd>> all;
    MutexLock lock(mutex_);
    for (const std::weak_ptr<FileSystemEnd>& one : ends_) {
      if (std::shared_ptr<FileSystemEnd> end = one.lock()) all.push_back(std::move(end));
    }
    return all;
  }

  mutable Mutex mutex_;
  std::vector<std::weak_ptr<FileSystemEnd>> ends_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // SDK_CORE_MOUNT_ENDS_H_
