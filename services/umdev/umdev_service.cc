#include "services/umdev/umdev_service.h"

#include <sys/mount.h>

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/umdev/device_options.h"
#include "services/umdev/null_device.h"
#include "services/umdev/ramdisk_device.h"
#include "services/umdev/tracing_device.h"
#include "services/umdev/trivhd_device.h"

namespace umsdk {
namespace {

using umdev::DeviceOptions;

ErrnoOr<std::unique_ptr<Device>> CreateNullDevice(const DeviceInfo& info, const DeviceOptions&) {
  return std::unique_ptr<Device>(std::make_unique<umdev::NullDevice>(info));
}

// What a mount type makes. A new device is one line here.
struct Submodule {
  std::string_view type;
  const char* trace_name;  // starts the lines of its trace
  bool block;              // by default
  bool sized;              // takes size= and mbr
  bool always_traced;      // debug or not
  ErrnoOr<std::unique_ptr<Device>> (*create)(const DeviceInfo& info, const DeviceOptions& options);
};

constexpr Submodule kSubmodules[] = {
    {"umdevnull", "null", false, false, true, CreateNullDevice},
    {"umdevtrivhd", "trivhd", false, false, false, umdev::CreateTrivhdDevice},
    {"umdevramdisk", "ramdisk", true, true, false, umdev::CreateRamdiskDevice},
};

const Submodule* FindSubmodule(std::string_view type) {
  for (const Submodule& submodule : kSubmodules) {
    if (submodule.type == type) return &submodule;
  }
  return nullptr;
}

absl::StatusOr<DeviceOptions> OptionsFor(const Submodule& submodule, const MountRequest& request) {
  absl::StatusOr<DeviceOptions> options = umdev::ParseDeviceOptions(request.options);
  if (!options.ok()) return options;
  if (!submodule.sized && (options->size || options->partitioned)) {
    return absl::InvalidArgumentError("size= and mbr are for umdevramdisk");
  }
  if ((request.flags & MS_RDONLY) != 0) options->read_only = true;
  return options;
}

}  // namespace

absl::Status UmdevService::OnStart(ServiceHost& host) {
  host_ = &host;
  return absl::OkStatus();
}

ErrnoOr<Mounted> UmdevService::OnMount(SyscallContext& ctx, const MountRequest& request) {
  const Submodule* submodule = FindSubmodule(request.type);
  if (submodule == nullptr) return Errno(ENODEV);
  absl::StatusOr<DeviceOptions> options = OptionsFor(*submodule, request);
  if (!options.ok()) {
    host_->Report(absl::StrCat(request.type, ": ", std::string(options.status().message())));
    return Errno(EINVAL);
  }
  DeviceInfo info = umdev::MakeDeviceInfo(*options, ctx.caller(), submodule->block);
  ErrnoOr<std::unique_ptr<Device>> device = submodule->create(info, *options);
  if (!device.ok()) {
    host_->Report(absl::StrCat(request.type, ": cannot make a device of ", request.options, ": ",
                               strerror(static_cast<int>(device.error()))));
    return device.error();
  }
  if (submodule->always_traced || options->debug) {
    device = std::unique_ptr<Device>(std::make_unique<umdev::TracingDevice>(
        *host_, submodule->trace_name, options->debug, *std::move(device)));
  }
  return Mounted{.file_system = nullptr, .device = *std::move(device), .traits = {.leaf = true}};
}

absl::StatusOr<std::unique_ptr<Service>> CreateUmdevService(const std::string& arguments) {
  if (!arguments.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("umdev takes no arguments, but got \"", arguments, "\""));
  }
  return std::unique_ptr<Service>(std::make_unique<UmdevService>());
}

}  // namespace umsdk
