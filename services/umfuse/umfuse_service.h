// umfuse: file systems made of FUSE programs. A daemon in the view opens /dev/fuse, mounts and
// serves as it would natively; `mount -t umfuseNAME` starts one by itself (README.md).
#ifndef SERVICES_UMFUSE_UMFUSE_SERVICE_H_
#define SERVICES_UMFUSE_UMFUSE_SERVICE_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sdk/base/errno.h"
#include "sdk/base/mutex.h"
#include "services/umfuse/conn_watcher.h"
#include "services/umfuse/daemon_ends.h"
#include "services/umfuse/fuse_device.h"
#include "services/umfuse/fuse_file_system.h"
#include "services/umfuse/fuse_options.h"
#include "services/umfuse/program_mounts.h"
#include "umsdk/service.h"

namespace umsdk {

// Thread-safe.
class UmfuseService final : public Service {
 public:
  std::string_view name() const override { return "umfuse"; }
  std::string_view description() const override { return "umfuse fuse"; }
  int code() const override { return 0x01; }
  Claims claims() const override;
  absl::Status OnStart(ServiceHost& host) override;

  SyscallResult OnOpen(SyscallContext& ctx, const OpenRequest& open) override;
  std::optional<ErrnoOr<Attr>> OnStat(SyscallContext& ctx, const StatRequest& stat) override;
  ErrnoOr<Mounted> OnMount(SyscallContext& ctx, const MountRequest& request) override;
  SyscallResult OnCall(SyscallContext& ctx, const CallRequest& call) override;

 private:
  struct Entry {
    std::shared_ptr<umfuse::FuseDevice> device;
    uint64_t watch = 0;
  };
  ErrnoOr<Mounted> MountChannel(SyscallContext& ctx, const MountRequest& request);
  ErrnoOr<Mounted> MountProgram(SyscallContext& ctx, const MountRequest& request);
  ErrnoOr<std::shared_ptr<umfuse::FuseFileSystem>> MakeFileSystem(
      const std::shared_ptr<umfuse::FuseDevice>& device, uint32_t max_read,
      const umfuse::FuseMountOptions& options, ino_t inode, const std::string& target);
  std::shared_ptr<umfuse::FuseDevice> DeviceOf(pid_t tid, int fd, ino_t* inode);
  void Unwatch(ino_t inode);
  bool IsDaemon(pid_t tid);
  void Drop(ino_t inode);

  ServiceHost* host_ = nullptr;
  umfuse::ProgramMounts programs_;
  Mutex mutex_;
  std::map<ino_t, Entry> devices_ UMSDK_GUARDED_BY(mutex_);  // by the inode of the daemon's end
  // Their threads must end before what they look at.
  umfuse::ConnWatcher watcher_;
  umfuse::DaemonEnds ends_;
};

// umfuse takes no arguments: anything but "" is an InvalidArgument error.
absl::StatusOr<std::unique_ptr<Service>> CreateUmfuseService(const std::string& arguments);

}  // namespace umsdk

#endif  // SERVICES_UMFUSE_UMFUSE_SERVICE_H_
