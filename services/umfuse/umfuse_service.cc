#include "services/umfuse/umfuse_service.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/umfuse/request_trace.h"

namespace umsdk {
namespace {

constexpr char kDevice[] = "/dev/fuse";

bool IsKernelType(std::string_view type) {
  return type == "fuse" || type == "fuseblk" || type.starts_with("fuse.") ||
         type.starts_with("fuseblk.");
}

}  // namespace

using umfuse::ConnWatcher;
using umfuse::DaemonEnd;
using umfuse::FuseConn;
using umfuse::FuseDevice;
using umfuse::FuseFileSystem;
using umfuse::FuseMountOptions;
using umfuse::Request;

// vmsplice: a reply of several threads through pipes would arrive in interleaved pieces. libfuse
// falls back to writev.
Claims UmfuseService::claims() const {
  return {Claim::Path(kDevice), Claim::FsType("fuse"), Claim::FsType("umfuse"),
          Claim::Call(SYS_vmsplice)};
}

absl::Status UmfuseService::OnStart(ServiceHost& host) {
  host_ = &host;
  return absl::OkStatus();
}

// ---- /dev/fuse ----

SyscallResult UmfuseService::OnOpen(SyscallContext& ctx, const OpenRequest& open) {
  if (open.path != kDevice || (open.flags & O_PATH) != 0) return ctx.Next();
  if ((open.flags & O_DIRECTORY) != 0) return Errno(ENOTDIR);
  auto ends = umfuse::MakeChannel();
  if (!ends.ok()) return ends.error();
  struct stat st;
  if (::fstat(ends->second.get(), &st) != 0) return LastErrno();
  if ((open.flags & O_NONBLOCK) != 0) ::fcntl(ends->second.get(), F_SETFL, O_RDWR | O_NONBLOCK);
  auto device = std::make_shared<FuseDevice>(std::move(ends->first));
  int socket = device->socket();
  {
    MutexLock lock(mutex_);
    devices_[st.st_ino] = {device, 0};
  }
  SyscallResult result = ctx.InstallFd(std::move(ends->second), device);
  // Before the mount the daemon sends nothing: readable means that it is gone.
  uint64_t watch = watcher_.Watch(socket, [this, device, inode = st.st_ino] {
    if (!device->mounted()) Drop(inode);
    return ConnWatcher::Next::kEnd;
  });
  MutexLock lock(mutex_);
  auto it = devices_.find(st.st_ino);
  if (it != devices_.end()) it->second.watch = watch;
  return result;
}

std::optional<ErrnoOr<Attr>> UmfuseService::OnStat(SyscallContext&, const StatRequest& stat) {
  if (stat.path != kDevice) return std::nullopt;
  return umfuse::FuseDeviceAttr();
}

void UmfuseService::Drop(ino_t inode) {
  MutexLock lock(mutex_);
  devices_.erase(inode);
}

std::shared_ptr<FuseDevice> UmfuseService::DeviceOf(pid_t tid, int fd, ino_t* inode) {
  struct stat st;
  std::string path = absl::StrCat("/proc/", tid, "/fd/", fd);
  if (::stat(path.c_str(), &st) != 0 || !S_ISSOCK(st.st_mode)) return nullptr;
  MutexLock lock(mutex_);
  auto it = devices_.find(st.st_ino);
  *inode = st.st_ino;
  return it == devices_.end() ? nullptr : it->second.device;
}

bool UmfuseService::IsDaemon(pid_t tid) {
  std::vector<pid_t> daemons;
  {
    MutexLock lock(mutex_);
    for (const auto& [inode, entry] : devices_) {
      if (entry.device->conn()) daemons.push_back(entry.device->conn()->daemon());
    }
  }
  for (pid_t daemon : daemons) {
    if (daemon != 0 && ::access(absl::StrCat("/proc/", daemon, "/task/", tid).c_str(), F_OK) == 0)
      return true;
  }
  return false;
}

SyscallResult UmfuseService::OnCall(SyscallContext& ctx, const CallRequest& call) {
  if (call.number == SYS_vmsplice && IsDaemon(ctx.tid())) return Errno(EINVAL);
  return ctx.Next();
}

// ---- mounts ----

ErrnoOr<Mounted> UmfuseService::OnMount(SyscallContext& ctx, const MountRequest& request) {
  if (IsKernelType(request.type)) return MountChannel(ctx, request);
  if (request.type.starts_with("umfuse")) return MountProgram(ctx, request);
  return Errno(ENODEV);
}

ErrnoOr<std::shared_ptr<FuseFileSystem>> UmfuseService::MakeFileSystem(
    const std::shared_ptr<FuseDevice>& device, uint32_t max_read, const FuseMountOptions& options,
    ino_t inode, const std::string& target) {
  uint64_t watch = 0;
  {
    MutexLock lock(mutex_);
    auto it = devices_.find(inode);
    if (it == devices_.end()) return Errno(EINVAL);
    watch = std::exchange(it->second.watch, 0);
  }
  watcher_.Unwatch(watch);
  UniqueFd socket = device->TakeSocket();
  if (!socket.valid()) return Errno(EINVAL);
  auto conn = std::make_shared<FuseConn>(std::move(socket), max_read);
  device->SetConn(conn);
  if (options.debug) {
    conn->SetTrace([host = host_, target](const Request& request, auto answer) {
      host->Report(absl::StrCat(target, ": ", umfuse::DescribeRequest(request, answer)));
    });
  }
  DaemonEnd::Hooks hooks;
  hooks.before = [device] { device->SetEnding(); };
  hooks.over = [this, inode] {
    Unwatch(inode);
    Drop(inode);
  };
  hooks.report = [host = host_](const std::string& line) { host->Report(line); };
  auto fs = std::make_shared<FuseFileSystem>(
      conn, options, std::make_shared<DaemonEnd>(conn, target, std::move(hooks)),
      [this](const std::shared_ptr<DaemonEnd>& end) { ends_.Begin(end); });
  conn->Start();
  watch = watcher_.Watch(conn->fd(), [conn] {
    if (!conn->ReadIdle()) return ConnWatcher::Next::kEnd;
    return conn->eager() ? ConnWatcher::Next::kSoon : ConnWatcher::Next::kLater;
  });
  MutexLock lock(mutex_);
  auto it = devices_.find(inode);
  if (it != devices_.end()) it->second.watch = watch;
  return fs;
}

ErrnoOr<Mounted> UmfuseService::MountChannel(SyscallContext& ctx, const MountRequest& request) {
  std::optional<umfuse::KernelOptions> options = umfuse::ParseKernelOptions(request.options);
  if (!options) return Errno(EINVAL);
  ino_t inode = 0;
  std::shared_ptr<FuseDevice> device = DeviceOf(ctx.tid(), options->fd, &inode);
  if (!device) return Errno(EINVAL);
  FuseMountOptions mount;
  mount.uid = options->user_id;
  mount.gid = options->group_id;
  mount.allow_other = options->allow_other;
  std::shared_ptr<umfuse::ProgramMount> program = programs_.Find(ctx.tid(), request.target);
  if (program) program->Adjust(mount);
  UMSDK_ASSIGN_OR_ERRNO(std::shared_ptr<FuseFileSystem> fs,
                        MakeFileSystem(device, options->max_read, mount, inode, request.target));
  Mounted mounted;
  mounted.file_system = fs;
  mounted.traits.check_permissions = options->default_permissions;
  mounted.traits.read_only = (request.flags & MS_RDONLY) != 0;
  mounted.traits.may_block = true;
  mounted.traits.data_may_change = true;
  if (!program) return mounted;
  // The mount that the guest asked for is the outer one.
  program->Complete(std::move(mounted));
  Mounted nothing;
  nothing.elsewhere = true;
  return nothing;
}

ErrnoOr<Mounted> UmfuseService::MountProgram(SyscallContext& ctx, const MountRequest& request) {
  return programs_.Mount(ctx, *host_, request);
}

void UmfuseService::Unwatch(ino_t inode) {
  uint64_t watch = 0;
  {
    MutexLock lock(mutex_);
    auto it = devices_.find(inode);
    if (it != devices_.end()) watch = it->second.watch;
  }
  watcher_.Unwatch(watch);
}

absl::StatusOr<std::unique_ptr<Service>> CreateUmfuseService(const std::string& arguments) {
  if (!arguments.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("umfuse takes no arguments, but got \"", arguments, "\""));
  }
  return std::unique_ptr<Service>(std::make_unique<UmfuseService>());
}

}  // namespace umsdk
