// The service behind `umview -p ramfs`: `mount -t umramfs none DIR` shows an empty file system in
// memory, for the time of the mount.
#ifndef FRONTENDS_RAMFS_SERVICE_H_
#define FRONTENDS_RAMFS_SERVICE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "umsdk/service.h"

namespace umsdk::frontends {

// Takes no arguments. Mount options: size=N[kmg], mode=OCTAL, uid=N, gid=N, ro, rw.
absl::StatusOr<std::unique_ptr<Service>> CreateRamfsService(const std::string& arguments);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_RAMFS_SERVICE_H_
