#include "frontends/ramfs_service.h"

#include <sys/mount.h>

#include "frontends/ramfs_options.h"
#include "sdk/testing/ram_fs.h"

namespace umsdk::frontends {
namespace {

class RamfsService final : public Service {
 public:
  std::string_view name() const override { return "ramfs"; }
  std::string_view description() const override { return "file systems in memory"; }
  Claims claims() const override { return Claim::FsType("umramfs"); }

  absl::Status OnStart(ServiceHost& host) override {
    host_ = &host;
    return absl::OkStatus();
  }

  ErrnoOr<Mounted> OnMount(SyscallContext& ctx, const MountRequest& mount) override {
    if (mount.type != "umramfs") return Errno(ENODEV);
    absl::StatusOr<RamfsOptions> options = ParseRamfsOptions(mount.options);
    if (!options.ok()) {
      host_->Report(std::string(options.status().message()));
      return Errno(EINVAL);
    }
    RamFs::Options settings;
    settings.max_bytes = options->size.value_or(settings.max_bytes);
    settings.root_mode = options->mode;
    settings.root_uid = options->uid.value_or(ctx.caller().uid);
    settings.root_gid = options->gid.value_or(ctx.caller().gid);
    Mounted mounted;
    mounted.file_system = std::make_shared<RamFs>(settings);
    mounted.traits.read_only = options->read_only || (mount.flags & MS_RDONLY) != 0;
    return mounted;
  }

 private:
  ServiceHost* host_ = nullptr;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Service>> CreateRamfsService(const std::string& arguments) {
  if (!arguments.empty()) {
    return absl::InvalidArgumentError("ramfs takes no arguments (size= and others go to mount -o)");
  }
  return std::make_unique<RamfsService>();
}

}  // namespace umsdk::frontends
