// What a submodule makes of a mount: a device, and its partitions when it may have some.
#ifndef SERVICES_UMDEV_DISK_MOUNT_H_
#define SERVICES_UMDEV_DISK_MOUNT_H_

#include <functional>
#include <memory>
#include <string>

#include "services/umdev/device_options.h"
#include "services/umdev/disk.h"
#include "umsdk/device.h"
#include "umsdk/requests.h"
#include "umsdk/syscall_context.h"

namespace umsdk::umdev {

struct MadeDevice {
  std::shared_ptr<Device> device;
  std::shared_ptr<DeviceParts> parts = nullptr;
};

// What it is made of.
struct DevicePlan {
  const DeviceInfo& info;
  const DeviceOptions& options;
  const MountRequest& request;
  SyscallContext& context;
  std::function<void(const std::string&)> report = {};  // a line for the view's owner, at any time
};

// The node of a disk. The partitions that its table has already are there at once; their minor
// numbers follow the disk's, their owner and mode are the disk's.
MadeDevice MakeDiskNode(const DevicePlan& plan, std::shared_ptr<Disk> disk);

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_DISK_MOUNT_H_
