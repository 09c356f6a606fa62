// Partitions: those of one disk, which have nodes beside the disk's own.
#ifndef SERVICES_UMDEV_PARTITIONS_H_
#define SERVICES_UMDEV_PARTITIONS_H_

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "sdk/base/errno.h"
#include "sdk/base/mutex.h"
#include "services/umdev/volume.h"
#include "umsdk/device.h"

namespace umsdk::umdev {

// Thread-safe. The rules and errors are those of the kernel's block/partitions/core.c.
class Partitions {
 public:
  using MakeDevice = std::function<std::shared_ptr<Device>(std::shared_ptr<Volume>)>;
  // `separator` stands between the disk's name and the number: "p" behind a digit.
  Partitions(std::shared_ptr<Disk> disk, std::string separator, MakeDevice make_device);

  // What the SDK shows.
  const std::shared_ptr<DeviceParts>& parts() const { return parts_; }

  // BLKRRPART. EBUSY while a partition is open. One that is in the new table as it was stays.
  ErrnoOrOk Reread();
  // BLKPG; in bytes, which the caller has checked to be sectors of the disk.
  // EBUSY: the number is taken, or the range overlaps another partition's.
  ErrnoOrOk Add(int number, Extent extent);
  // ENXIO: no such partition. EBUSY: it is open.
  ErrnoOrOk Delete(int number);
  // An open partition may be resized. EINVAL: another start.
  ErrnoOrOk Resize(int number, Extent extent);

 private:
  struct Partition {
    std::shared_ptr<Volume> volume;
    std::shared_ptr<Device> device;
  };
  using ByNumber = std::map<int, Partition>;

  bool RemoveAll() UMSDK_REQUIRES(mutex_);
  bool Overlaps(Extent extent, int except) const UMSDK_REQUIRES(mutex_);
  void Insert(ByNumber& all, int number, Extent extent) const;
  void Publish() UMSDK_REQUIRES(mutex_);

  const std::shared_ptr<Disk> disk_;
  const std::string separator_;
  const MakeDevice make_device_;
  const std::shared_ptr<DeviceParts> parts_ = std::make_shared<DeviceParts>();
  Mutex mutex_;
  ByNumber all_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_PARTITIONS_H_
