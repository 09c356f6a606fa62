// RamService: mounts RamFs as type umramfs, small enough that a fuzzer fills it.
#ifndef TESTS_FUZZ_RAM_SERVICE_H_
#define TESTS_FUZZ_RAM_SERVICE_H_

#include <memory>

#include "sdk/testing/ram_fs.h"
#include "umsdk/service.h"

namespace umsdk::fuzz {

class RamService final : public Service {
 public:
  std::string_view name() const override { return "ram"; }
  Claims claims() const override { return Claim::FsType("umramfs"); }
  ErrnoOr<Mounted> OnMount(SyscallContext& ctx, const MountRequest& mount) override {
    if (mount.type != "umramfs") return Errno(ENODEV);
    RamFs::Options options;
    options.max_bytes = 1 << 20;
    options.max_inodes = 200;
    options.root_mode = 0777;
    options.root_uid = ctx.caller().uid;
    options.root_gid = ctx.caller().gid;
    Mounted mounted;
    mounted.file_system = std::make_shared<RamFs>(options);
    return mounted;
  }
};

}  // namespace umsdk::fuzz

#endif  // TESTS_FUZZ_RAM_SERVICE_H_
