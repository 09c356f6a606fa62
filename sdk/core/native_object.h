// NativeObject: a real descriptor of a service's in the hands of guests
// (SyscallContext::InstallFd, Device::OpenNative).
#ifndef SDK_CORE_NATIVE_OBJECT_H_
#define SDK_CORE_NATIVE_OBJECT_H_

#include <memory>
#include <string>
#include <utility>

#include "sdk/core/open_object.h"
#include "umsdk/native_file.h"

namespace umsdk {

// Thread-safe.
class NativeObject final : public OpenObject {
 public:
  // `mount`: of the device that it is an open of; null for what a service claims by path.
  NativeObject(std::shared_ptr<Mount> mount, std::string path, const std::shared_ptr<NativeFile>& file)
      : OpenObject(std::move(mount), nullptr, std::move(path)), file_(file) {
    SetInUse(true);
  }
  std::shared_ptr<NativeFile> native() override { return file_.lock(); }
  // The service has dropped it: its inode number may by now be somebody else's.
  bool stale() const override { return file_.expired(); }
  ErrnoOr<Attr> Stat() override {
    std::shared_ptr<NativeFile> file = file_.lock();
    return file ? file->Stat() : ErrnoOr<Attr>(Errno(EIO));
  }
  // No close tells of a socket's end: its service does.
  bool Reap() override {
    std::shared_ptr<NativeFile> file = file_.lock();
    if (file && !file->Closed()) return false;
    SetInUse(false);
    return true;
  }

 private:
  const std::weak_ptr<NativeFile> file_;
};

}  // namespace umsdk

#endif  // SDK_CORE_NATIVE_OBJECT_H_
