// umdev: virtual devices, each made by a mount of the type of a submodule (README.md):
//
//   mount -t umdevramdisk -o size=100M none /dev/rd
#ifndef SERVICES_UMDEV_UMDEV_SERVICE_H_
#define SERVICES_UMDEV_UMDEV_SERVICE_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sdk/base/errno.h"
#include "umsdk/service.h"

namespace umsdk {

// Thread-safe.
class UmdevService final : public Service {
 public:
  std::string_view name() const override { return "umdev"; }
  std::string_view description() const override { return "umdev"; }
  int code() const override { return 0x04; }
  Claims claims() const override { return Claim::FsType("umdev"); }
  absl::Status OnStart(ServiceHost& host) override;
  // ENODEV: no such submodule. EINVAL: a bad option, and a line that says which.
  ErrnoOr<Mounted> OnMount(SyscallContext& ctx, const MountRequest& request) override;

 private:
  ServiceHost* host_ = nullptr;
};

// umdev takes no arguments: anything but "" is an InvalidArgument error.
absl::StatusOr<std::unique_ptr<Service>> CreateUmdevService(const std::string& arguments);

}  // namespace umsdk

#endif  // SERVICES_UMDEV_UMDEV_SERVICE_H_
