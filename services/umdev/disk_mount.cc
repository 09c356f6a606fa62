#include "services/umdev/disk_mount.h"

#include <utility>

#include "services/umdev/disk_device.h"
#include "services/umdev/partitions.h"

namespace umsdk::umdev {
namespace {

// disk1, but disk0p1: as the kernel and the tools build the names.
std::string Separator(const std::string& name) {
  return !name.empty() && name.back() >= '0' && name.back() <= '9' ? "p" : "";
}

}  // namespace

MadeDevice MakeDiskNode(const DevicePlan& plan, std::shared_ptr<Disk> disk) {
  auto whole = std::make_shared<Volume>(disk);
  if (!disk->partitioned()) return {std::make_shared<DiskDevice>(plan.info, std::move(whole))};
  auto make_device = [info = plan.info](std::shared_ptr<Volume> volume) -> std::shared_ptr<Device> {
    DeviceInfo own = info;
    own.minor += static_cast<unsigned>(volume->number());
    return std::make_shared<DiskDevice>(own, std::move(volume));
  };
  auto partitions = std::make_shared<Partitions>(std::move(disk), Separator(plan.request.target),
                                                 std::move(make_device));
  (void)partitions->Reread();  // nothing is open yet
  auto parts = partitions->parts();
  return {std::make_shared<DiskDevice>(plan.info, std::move(whole), std::move(partitions)),
          std::move(parts)};
}

}  // namespace umsdk::umdev
