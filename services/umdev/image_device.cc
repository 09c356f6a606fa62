#include "services/umdev/image_device.h"

#include <fcntl.h>

#include <memory>
#include <utility>

#include "services/umdev/disk.h"
#include "services/umdev/image_storage.h"

namespace umsdk::umdev {
namespace {

bool IsRefusedWrite(Errno error) {
  return error == Errno(EACCES) || error == Errno(EROFS) || error == Errno(EPERM) ||
         error == Errno(ETXTBSY);
}

}  // namespace

ErrnoOr<MadeDevice> CreateImageDevice(const DevicePlan& plan) {
  std::shared_ptr<HostFiles> files = plan.context.files();
  if (files == nullptr) return Errno(EOPNOTSUPP);
  bool read_only = plan.options.read_only;
  ErrnoOr<std::unique_ptr<HostFile>> file =
      files->Open(plan.context.caller(), plan.request.source, read_only ? O_RDONLY : O_RDWR);
  if (!read_only && !file.ok() && IsRefusedWrite(file.error())) {
    read_only = true;
    file = files->Open(plan.context.caller(), plan.request.source, O_RDONLY);
  }
  if (!file.ok()) return file.error();
  UMSDK_ASSIGN_OR_ERRNO(std::unique_ptr<Storage> storage,
                        ImageStorage::Create(*std::move(file), read_only));
  DiskSettings settings{.geometry = UsualGeometry(storage->size()), .partitioned = true};
  return MakeDiskNode(plan, std::make_shared<Disk>(settings, std::move(storage)));
}

}  // namespace umsdk::umdev
