// Mount: one mounted file system or device. NodeRef: a node of it that somebody holds.
#ifndef SDK_CORE_MOUNT_H_
#define SDK_CORE_MOUNT_H_

#include <atomic>
#include <memory>
#include <string>

#include "sdk/core/proven_dir.h"
#include "umsdk/service.h"

namespace umsdk {

class PartMounts;

// What was mounted where. Immutable but for the last ones, so freely shared between threads.
struct Mount {
  dev_t dev = 0;       // st_dev of its nodes, and its identity
  uint64_t epoch = 0;   // grows with each mount of the view
  dev_t parent = 0;    // the mount that it was mounted on; 0: a real file system
  std::string source, target, type, options;
  unsigned long flags = 0;  // MS_*
  std::shared_ptr<FileSystem> fs;
  std::shared_ptr<Device> device;      // instead of fs
  std::shared_ptr<PartMounts> parts;   // of a device that has some: nodes beside its own
  bool is_part = false;                // one of those: goes with its whole only
  FileSystemTraits traits;
  std::shared_ptr<Service> service;    // keeps the code of fs and device alive
  std::atomic<int> tables{0};          // of mounts that it is in: a view's and those of its sub-views
  std::atomic<uint64_t> moves{0};      // how often a directory of it got another parent
  std::atomic<int> in_use{0};          // open descriptors and working directories in it
  ProvenDir above;                     // the real directory that the target lies in

  Mount() = default;
  // Members go in reverse order: the service must outlive what it made.
  ~Mount() {
    fs.reset();
    parts.reset();
    device.reset();
  }
  bool read_only() const;
  // Files that it covers are seen somewhere in it.
  bool shows_real() const { return traits.see_through || !traits.real_parts.empty(); }
};

// Device numbers of virtual mounts: major 0 as the kernel's own, far above what it hands out.
dev_t NextMountDevice();

// One lookup's reference to a node; gives it back when it goes. Shared by those who hold the node.
class NodeRef {
 public:
  NodeRef(std::shared_ptr<Mount> mount, NodeId id) : mount_(std::move(mount)), id_(id) {}
  NodeRef(const NodeRef&) = delete;
  NodeRef& operator=(const NodeRef&) = delete;
  ~NodeRef() {
    if (id_ != kRootNode && mount_->fs) mount_->fs->Forget(id_, 1);
  }
  const std::shared_ptr<Mount>& mount() const { return mount_; }
  FileSystem& fs() const { return *mount_->fs; }
  NodeId id() const { return id_; }

 private:
  std::shared_ptr<Mount> mount_;
  NodeId id_;
};
using NodePtr = std::shared_ptr<const NodeRef>;

}  // namespace umsdk

#endif  // SDK_CORE_MOUNT_H_
