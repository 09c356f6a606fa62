// ProvenDir: a real directory to which a path was found to lead without a symlink, so that later walks
// need only see that the path still leads to it.
#ifndef SDK_CORE_PROVEN_DIR_H_
#define SDK_CORE_PROVEN_DIR_H_

#include <fcntl.h>
#include <sys/stat.h>

#include <string>

#include "sdk/base/mutex.h"

namespace umsdk {

// Thread-safe.
class ProvenDir {
 public:
  static constexpr unsigned kWanted = STATX_INO | STATX_MNT_ID;

  // False: the kernel does not find it, or says too little (Linux < 5.8).
  static bool Look(const std::string& path, struct statx& found) {
    int result = ::statx(AT_FDCWD, path.c_str(), AT_STATX_DONT_SYNC, kWanted, &found);
    return result == 0 && (found.stx_mask & kWanted) == kWanted;
  }
  static bool Same(const struct statx& a, const struct statx& b) {
    return a.stx_ino == b.stx_ino && a.stx_mnt_id == b.stx_mnt_id && a.stx_dev_major == b.stx_dev_major &&
           a.stx_dev_minor == b.stx_dev_minor;
  }
  bool Is(const struct statx& found) const {
    MutexLock lock(mutex_);
    return Same(proven_, found);
  }
  void Set(const struct statx& proven) {
    MutexLock lock(mutex_);
    proven_ = proven;
  }

 private:
  mutable Mutex mutex_;
  // No mount has the id 0.
  struct statx proven_ UMSDK_GUARDED_BY(mutex_) = {};
};

}  // namespace umsdk

#endif  // SDK_CORE_PROVEN_DIR_H_
