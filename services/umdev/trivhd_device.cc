#include "services/umdev/trivhd_device.h"

#include <memory>
#include <utility>

#include "services/umdev/disk.h"

namespace umsdk::umdev {

ErrnoOr<MadeDevice> CreateTrivhdDevice(const DevicePlan& plan) {
  constexpr DiskGeometry kGeometry{.heads = 8, .sectors = 16, .cylinders = 1};  // 64 KiB
  UMSDK_ASSIGN_OR_ERRNO(
      std::shared_ptr<Disk> disk,
      Disk::CreateInMemory({.geometry = kGeometry, .read_only = plan.options.read_only}));
  return MakeDiskNode(plan, std::move(disk));
}

}  // namespace umsdk::umdev
