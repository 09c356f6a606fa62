// A Service is one partial virtual machine: it sees the calls that it claimed, and answers them or
// hands them on with ctx.Next().
//
// Thread-safety: handlers of one service run at the same time for different guest threads.
// Lifetime: destroyed when the last call and the last mount that use it are over.
#ifndef UMSDK_SERVICE_H_
#define UMSDK_SERVICE_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "umsdk/claim.h"
#include "umsdk/device.h"
#include "umsdk/file_system.h"
#include "umsdk/requests.h"
#include "umsdk/syscall_context.h"

namespace umsdk {

// What a mount shows: a file system, or one device. Exactly one of the two is set.
struct Mounted {
  std::shared_ptr<FileSystem> file_system = nullptr;
  std::shared_ptr<Device> device = nullptr;
  FileSystemTraits traits;
  // The service has taken the request as a part of another mount: it succeeds, and nothing is mounted.
  bool elsewhere = false;
  std::shared_ptr<DeviceParts> parts = nullptr;  // of a device: its partitions
};

// What a service may ask of the view that it serves. Thread-safe; valid from OnStart until the
// service is destroyed.
class ServiceHost {
 public:
  virtual ~ServiceHost() = default;
  // A line for the owner of the view (umview: standard error), rate-limited.
  virtual void Report(const std::string& line) = 0;
};

class Service {
 public:
  virtual ~Service() = default;

  virtual std::string_view name() const = 0;                        // "umdev"
  virtual std::string_view description() const { return name(); }   // um_ls_service shows it
  virtual int code() const { return 0; }                            // 0x01..0xfe, 0: none
  virtual Claims claims() const = 0;
  // Before the first call. An error keeps the service from being added.
  virtual absl::Status OnStart(ServiceHost& host) {
    (void)host;
    return absl::OkStatus();
  }

  // Claim::Path. A path that opens also stats: OnStat's default opens and asks File::Stat.
  virtual SyscallResult OnOpen(SyscallContext& ctx, const OpenRequest&) { return ctx.Next(); }
  // nullopt: what OnOpen installs tells; an Errno or attributes: that.
  virtual std::optional<ErrnoOr<Attr>> OnStat(SyscallContext&, const StatRequest&) {
    return std::nullopt;
  }

  // Claim::FsType.
  virtual ErrnoOr<Mounted> OnMount(SyscallContext&, const MountRequest&) { return Errno(ENODEV); }

  // Claim::Exec.
  virtual SyscallResult OnExec(SyscallContext& ctx, const ExecRequest&) { return ctx.Next(); }
  // Claim::SocketFamily.
  virtual SyscallResult OnSocket(SyscallContext& ctx, const SocketRequest&) { return ctx.Next(); }
  // Claim::Call, Claim::AllCalls: before anything else looks at the call.
  virtual SyscallResult OnCall(SyscallContext& ctx, const CallRequest&) { return ctx.Next(); }
};

}  // namespace umsdk

#endif  // UMSDK_SERVICE_H_
