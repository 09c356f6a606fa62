#include "services/umdev/umdev_service.h"

#include <sys/mount.h>

#include <cstring>
#include <ctime>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/umdev/device_options.h"
#include "services/umdev/disk_mount.h"
#include "services/umdev/image_device.h"
#include "services/umdev/nbd_device.h"
#include "services/umdev/null_device.h"
#include "services/umdev/ramdisk_device.h"
#include "services/umdev/tap_device.h"
#include "services/umdev/tracing_device.h"
#include "services/umdev/trivhd_device.h"

namespace umsdk {
namespace {

using umdev::DeviceOptions;
using umdev::DevicePlan;
using umdev::MadeDevice;

ErrnoOr<MadeDevice> CreateNullDevice(const DevicePlan& plan) {
  DeviceInfo info = plan.info;
  info.links = 0;  // as UMview has always shown it
  info.time = {};
  return MadeDevice{std::make_shared<umdev::NullDevice>(info)};
}

// What a mount type makes. A new device is one line here.
struct Submodule {
  std::string_view type;
  const char* trace_name;  // starts the lines of its trace
  bool block;              // by default
  bool sized;              // takes size=, mbr and gpt
  bool always_traced;      // debug or not
  ErrnoOr<MadeDevice> (*create)(const DevicePlan& plan);
};

constexpr Submodule kSubmodules[] = {
    {"umdevnull", "null", false, false, true, CreateNullDevice},
    {"umdevtrivhd", "trivhd", false, false, false, umdev::CreateTrivhdDevice},
    {"umdevramdisk", "ramdisk", true, true, false, umdev::CreateRamdiskDevice},
    {"umdevmbr", "mbr", true, false, false, umdev::CreateImageDevice},
    {"umdevnbd", "nbd", true, false, false, umdev::CreateNbdDevice},
    {"umdevtap", "tap", false, false, false, umdev::CreateTapDevice},
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
    return absl::InvalidArgumentError("size=, mbr and gpt are for umdevramdisk");
  }
  if ((request.flags & MS_RDONLY) != 0) options->read_only = true;
  return options;
}

// What a device is made of, in the words of its mount.
std::string Subject(const Submodule& submodule, const MountRequest& request) {
  return submodule.sized ? request.options : request.source;
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
  ::clock_gettime(CLOCK_REALTIME, &info.time);
  ErrnoOr<MadeDevice> made = submodule->create(
      {info, *options, request, ctx, [this](const std::string& line) { host_->Report(line); }});
  if (!made.ok()) {
    host_->Report(absl::StrCat(request.type, ": cannot make a device of ",
                               Subject(*submodule, request), ": ",
                               strerror(static_cast<int>(made.error()))));
    return made.error();
  }
  if (submodule->always_traced || options->debug) {
    made->device = std::make_shared<umdev::TracingDevice>(*host_, submodule->trace_name,
                                                          options->debug, std::move(made->device));
  }
  return Mounted{.file_system = nullptr,
                 .device = std::move(made->device),
                 .traits = {.leaf = true},
                 .parts = std::move(made->parts)};
}

absl::StatusOr<std::unique_ptr<Service>> CreateUmdevService(const std::string& arguments) {
  if (!arguments.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("umdev takes no arguments, but got \"", arguments, "\""));
  }
  return std::unique_ptr<Service>(std::make_unique<UmdevService>());
}

}  // namespace umsdk
