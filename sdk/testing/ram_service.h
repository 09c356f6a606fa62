// RamService: mounts RamFs as type umramfs.
#ifndef SDK_TESTING_RAM_SERVICE_H_
#define SDK_TESTING_RAM_SERVICE_H_

#include <memory>
#include <string_view>

#include "sdk/testing/ram_fs.h"
#include "umsdk/service.h"

namespace umsdk {

// The root directory of each mount is the mounter's.
class RamService final : public Service {
 public:
  RamService() = default;
  explicit RamService(const RamFs::Options& options) : options_(options) {}

  std::string_view name() const override { return "ram"; }
  Claims claims() const override { return Claim::FsType("umramfs"); }
  ErrnoOr<Mounted> OnMount(SyscallContext& ctx, const MountRequest& mount) override {
    if (mount.type != "umramfs") return Errno(ENODEV);
    RamFs::Options options = options_;
    options.root_uid = ctx.caller().uid;
    options.root_gid = ctx.caller().gid;
    Mounted mounted;
    mounted.file_system = std::make_shared<RamFs>(options);
    return mounted;
  }

 private:
  const RamFs::Options options_;
};

}  // namespace umsdk

#endif  // SDK_TESTING_RAM_SERVICE_H_
