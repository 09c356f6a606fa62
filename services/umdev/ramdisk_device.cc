#include "services/umdev/ramdisk_device.h"

#include "services/umdev/disk_device.h"

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

ErrnoOr<std::unique_ptr<Device>> CreateRamdiskDevice(const DeviceInfo& info,
                                                     const DeviceOptions& options) {
  UMSDK_ASSIGN_OR_ERRNO(
      std::shared_ptr<Disk> disk,
      Disk::Create({.geometry = GeometryForSize(options.size.value_or(kDefaultSize)),
                    .read_only = options.read_only,
                    .partitioned = options.partitioned}));
  return std::unique_ptr<Device>(std::make_unique<DiskDevice>(info, std::move(disk)));
}

}  // namespace umsdk::umdev
