// VirtualNode: a descriptor that only names a place (O_PATH), other than a directory. The guest holds
// an empty memfd of its own: the kernel hands no O_PATH descriptor to another process.
#ifndef SDK_CORE_VIRTUAL_NODE_H_
#define SDK_CORE_VIRTUAL_NODE_H_

#include <fcntl.h>
#include <sys/mman.h>

#include <memory>
#include <string>
#include <utility>

#include "sdk/core/open_object.h"
#include "sdk/core/virtual_device.h"

namespace umsdk {

// Thread-safe.
class VirtualNode final : public OpenObject {
 public:
  using OpenObject::OpenObject;
  bool path_only() const override { return true; }

  // Makes the kernel object: the descriptor for the guest.
  ErrnoOr<UniqueFd> Open() {
    struct stat st;
    UniqueFd memfd(::memfd_create("path", MFD_CLOEXEC));
    // Opened again: the close of the first description is not reported (FMODE_NONOTIFY).
    std::string self = "/proc/self/fd/" + std::to_string(memfd.get());
    UniqueFd fd(::open(self.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid() || ::fstat(fd.get(), &st) != 0) return Errno(ENFILE);
    key_ = {st.st_dev, st.st_ino};
    SetInUse(true);
    return fd;
  }
  ObjectKey key() const { return key_; }

  ErrnoOr<Attr> Stat() override {
    return node() ? node()->fs().GetAttr(node()->id()) : DeviceAttr(mount()->device->info());
  }
  bool Reap() override {
    SetInUse(false);
    return true;
  }

 private:
  ObjectKey key_;
};

}  // namespace umsdk

#endif  // SDK_CORE_VIRTUAL_NODE_H_
