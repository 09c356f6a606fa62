#include "services/umdev/ramdisk_device.h"

#include <memory>
#include <utility>

namespace umsdk::umdev {
namespace {

constexpr uint64_t kDefaultSize = 65536 * kSectorSize;
constexpr uint64_t kMaxCylinders = 65535;  // hd_geometry.cylinders

uint64_t CylindersFor(uint64_t size, const DiskGeometry& geometry) {
  uint64_t cylinder = uint64_t{geometry.heads} * geometry.sectors * kSectorSize;
  return size / cylinder + (size % cylinder != 0);
}

}  // namespace

DiskGeometry GeometryForSize(uint64_t size) {
  DiskGeometry geometry{.heads = 16, .sectors = 16};
  if (CylindersFor(size, geometry) > kMaxCylinders) geometry = {.heads = 128, .sectors = 128};
  geometry.cylinders = CylindersFor(size, geometry);
  return geometry;
}

ErrnoOr<MadeDevice> CreateRamdiskDevice(const DevicePlan& plan) {
  UMSDK_ASSIGN_OR_ERRNO(
      std::shared_ptr<Disk> disk,
      Disk::CreateInMemory({.geometry = GeometryForSize(plan.options.size.value_or(kDefaultSize)),
                            .read_only = plan.options.read_only,
                            .partitioned = plan.options.partitioned}));
  return MakeDiskNode(plan, std::move(disk));
}

}  // namespace umsdk::umdev
