#include "services/umdev/trivhd_device.h"

#include "services/umdev/disk.h"
#include "services/umdev/disk_device.h"

namespace umsdk::umdev {

ErrnoOr<std::unique_ptr<Device>> CreateTrivhdDevice(const DeviceInfo& info,
                                                    const DeviceOptions& options) {
  constexpr DiskGeometry kGeometry{.heads = 8, .sectors = 16, .cylinders = 1};  // 64 KiB
  UMSDK_ASSIGN_OR_ERRNO(std::shared_ptr<Disk> disk,
                        Disk::Create({.geometry = kGeometry, .read_only = options.read_only}));
  return std::unique_ptr<Device>(std::make_unique<DiskDevice>(info, std::move(disk)));
}

}  // namespace umsdk::umdev
