// OpenObject: what a guest's descriptor stands for. The guest holds a real kernel object (a memfd, a
// placeholder directory) that we made; its (device, inode) leads to the OpenObject.
#ifndef SDK_CORE_OPEN_OBJECT_H_
#define SDK_CORE_OPEN_OBJECT_H_

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "sdk/base/mutex.h"
#include "sdk/base/unique_fd.h"
#include "sdk/core/mount.h"

namespace umsdk {

// (device, inode) of a kernel object.
struct ObjectKey {
  uint64_t dev = 0;
  uint64_t ino = 0;
  bool operator==(const ObjectKey&) const = default;
};
struct ObjectKeyHash {
  size_t operator()(const ObjectKey& key) const { return key.ino * 31 + key.dev; }
};

class NativeFile;
class VirtualFile;
class VirtualDir;
class TrappedIo;

// Thread-safe.
class OpenObject {
 public:
  OpenObject(std::shared_ptr<Mount> mount, NodePtr node, std::string path)
      : mount_(std::move(mount)), node_(std::move(node)), path_(std::move(path)) {}
  virtual ~OpenObject() { SetInUse(false); }

  // The node in its file system; null for a device and for a File of a service.
  const NodePtr& node() const { return node_; }
  const std::shared_ptr<Mount>& mount() const { return mount_; }
  // Where it was opened, as far as we know after renames; ends in " (deleted)" once unlinked.
  std::string path() const {
    MutexLock lock(path_mutex_);
    return path_;
  }
  void set_path(std::string path) {
    MutexLock lock(path_mutex_);
    path_ = std::move(path);
  }

  virtual ErrnoOr<Attr> Stat() = 0;
  virtual std::shared_ptr<NativeFile> native() { return nullptr; }
  virtual bool stale() const { return false; }
  virtual VirtualFile* file() { return nullptr; }
  virtual VirtualDir* dir() { return nullptr; }
  virtual TrappedIo* trapped_io() { return nullptr; }
  // Opened with O_PATH: it names a place, and reading or writing it is EBADF.
  virtual bool path_only() const { return false; }

  // A close of the kernel object was seen. True: no guest holds it any more, all is given back, and
  // the object may go.
  virtual bool Reap() = 0;

 protected:
  // While in use by a guest, the mount cannot be unmounted (EBUSY).
  void SetInUse(bool in_use) {
    if (mount_ && in_use_.exchange(in_use) != in_use) mount_->in_use += in_use ? 1 : -1;
  }

 private:
  std::atomic<bool> in_use_{false};
  const std::shared_ptr<Mount> mount_;
  const NodePtr node_;
  mutable Mutex path_mutex_;
  std::string path_ UMSDK_GUARDED_BY(path_mutex_);
};


}  // namespace umsdk

#endif  // SDK_CORE_OPEN_OBJECT_H_
