// DiskDevice: the node of a Volume, block or character.
#ifndef SERVICES_UMDEV_DISK_DEVICE_H_
#define SERVICES_UMDEV_DISK_DEVICE_H_

#include <memory>

#include "sdk/base/errno.h"
#include "services/umdev/node_attributes.h"
#include "services/umdev/partitions.h"
#include "services/umdev/volume.h"
#include "umsdk/device.h"

namespace umsdk::umdev {

// Thread-safe. Open files keep the volume alive when the device is gone.
class DiskDevice final : public Device {
 public:
  // `info` needs neither size nor seekable: they are the volume's. `partitions`: of a whole disk
  // that has some; else null.
  DiskDevice(const DeviceInfo& info, std::shared_ptr<Volume> volume,
             std::shared_ptr<Partitions> partitions = nullptr);

  DeviceInfo info() const override;
  // ENXIO: a partition that is gone.
  ErrnoOr<std::unique_ptr<DeviceFile>> Open(const DeviceOpen& open) override;
  ErrnoOrOk SetAttr(const Caller&, const SetAttrRequest& request) override {
    return attributes_.Change(request);
  }

 private:
  NodeAttributes attributes_;
  const std::shared_ptr<Volume> volume_;
  const std::shared_ptr<Partitions> partitions_;
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_DISK_DEVICE_H_
