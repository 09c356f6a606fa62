#include "services/umdev/disk.h"

#include <limits>

#include "services/umdev/ram_storage.h"

namespace umsdk::umdev {
namespace {

uint64_t NextSequence() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

}  // namespace

Disk::Disk(const DiskSettings& settings, std::unique_ptr<Storage> storage)
    : geometry_(settings.geometry),
      partitioned_(settings.partitioned),
      sequence_(NextSequence()),
      storage_(std::move(storage)),
      read_only_(settings.read_only) {}

ErrnoOr<std::shared_ptr<Disk>> Disk::CreateInMemory(const DiskSettings& settings) {
  uint64_t cylinder = settings.geometry.cylinder_bytes();
  if (cylinder == 0) return Errno(EINVAL);
  if (settings.geometry.cylinders > std::numeric_limits<uint64_t>::max() / cylinder) {
    return Errno(ENOMEM);
  }
  UMSDK_ASSIGN_OR_ERRNO(std::unique_ptr<Storage> storage,
                        RamStorage::Create(cylinder * settings.geometry.cylinders));
  return std::make_shared<Disk>(settings, std::move(storage));
}

}  // namespace umsdk::umdev
