// NodeAttributes: what stat tells of a device's node, with what chmod, chown and touch changed.
#ifndef SERVICES_UMDEV_NODE_ATTRIBUTES_H_
#define SERVICES_UMDEV_NODE_ATTRIBUTES_H_

#include "sdk/base/errno.h"
#include "sdk/base/mutex.h"
#include "umsdk/device.h"

namespace umsdk::umdev {

// Thread-safe. Who may change what is checked by the SDK before Change is called.
class NodeAttributes {
 public:
  explicit NodeAttributes(const DeviceInfo& info) : info_(info) {}

  DeviceInfo Get() const {
    MutexLock lock(mutex_);
    return info_;
  }

  ErrnoOrOk Change(const SetAttrRequest& request) {
    if (request.size) return Errno(EINVAL);  // as truncate(2) of a device
    MutexLock lock(mutex_);
    if (request.mode) info_.mode = *request.mode & 07777;
    if (request.uid) info_.uid = *request.uid;
    if (request.gid) info_.gid = *request.gid;
    // DeviceInfo has one time for all three; the modification is what ls shows.
    if (request.atime) info_.time = *request.atime;
    if (request.mtime) info_.time = *request.mtime;
    return {};
  }

 private:
  mutable Mutex mutex_;
  DeviceInfo info_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_NODE_ATTRIBUTES_H_
