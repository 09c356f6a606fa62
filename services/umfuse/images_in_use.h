// ImagesInUse: which disk images programs of ours have mounted. Two programs that each keep blocks of
// one image in memory destroy what is on it.
#ifndef SERVICES_UMFUSE_IMAGES_IN_USE_H_
#define SERVICES_UMFUSE_IMAGES_IN_USE_H_

#include <map>
#include <memory>
#include <string>

#include "sdk/base/mutex.h"
#include "umsdk/helper.h"

namespace umsdk::umfuse {

// Thread-safe. An image is in use until its program has ended, also after umount -l.
class ImagesInUse {
 public:
  // One use of an image; its destruction ends it.
  struct Use {
    const bool write;
    std::weak_ptr<Helper> program;  // with whose end it ends too
  };
  // As mount(2) of one block device: several may read it, one may write it. nullptr: it is in use.
  std::shared_ptr<Use> TryUse(const std::string& image, bool write);
  // `program`, keeping the use for as long as it is kept itself.
  std::shared_ptr<Helper> Bind(std::shared_ptr<Use> use, std::shared_ptr<Helper> program);

 private:
  static bool IsOver(const std::weak_ptr<Use>& weak);

  Mutex mutex_;  // the members of the uses too
  // By the path that the guest named.
  std::multimap<std::string, std::weak_ptr<Use>> uses_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_IMAGES_IN_USE_H_
