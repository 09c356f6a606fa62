// DiskDevice: the node of a Disk, block or character.
#ifndef SERVICES_UMDEV_DISK_DEVICE_H_
#define SERVICES_UMDEV_DISK_DEVICE_H_

#include <memory>
#include <utility>

#include "sdk/base/errno.h"
#include "services/umdev/disk.h"
#include "services/umdev/node_attributes.h"
#include "umsdk/device.h"

namespace umsdk::umdev {

// Thread-safe. Open files keep the disk alive when the device is gone.
class DiskDevice final : public Device {
 public:
  // `info` needs neither size nor seekable: they are the disk's.
  DiskDevice(DeviceInfo info, std::shared_ptr<Disk> disk);

  DeviceInfo info() const override { return attributes_.Get(); }
  ErrnoOr<std::unique_ptr<DeviceFile>> Open(const DeviceOpen& open) override;
  ErrnoOrOk SetAttr(const Caller&, const SetAttrRequest& request) override {
    return attributes_.Change(request);
  }

 private:
  NodeAttributes attributes_;
  const std::shared_ptr<Disk> disk_;
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_DISK_DEVICE_H_
