// DeviceOptions: the options that a umdev mount takes, parsed.
#ifndef SERVICES_UMDEV_DEVICE_OPTIONS_H_
#define SERVICES_UMDEV_DEVICE_OPTIONS_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "umsdk/device.h"

namespace umsdk::umdev {

// What was asked for. An unset field means the submodule's own default.
struct DeviceOptions {
  bool debug = false;              // debug
  bool read_only = false;          // ro
  bool partitioned = false;        // mbr, gpt: a disk that may be partitioned
  std::optional<bool> block = {};  // block, char
  unsigned major = 0;              // major=N
  unsigned minor = 0;              // minor=N; minor=any is 0
  std::optional<mode_t> mode = {};
  std::optional<uid_t> uid = {};
  std::optional<gid_t> gid = {};
  std::optional<uint64_t> size = {};  // bytes; without a suffix the option counts sectors
};

// Parses a comma-separated list; empty items are skipped. The first option that is unknown or has a
// bad value is an InvalidArgument error whose message is one line for the view's owner.
absl::StatusOr<DeviceOptions> ParseDeviceOptions(std::string_view text);

// The node that the options describe: 0600, owned by `caller`, a block device or not by default.
DeviceInfo MakeDeviceInfo(const DeviceOptions& options, const Caller& caller, bool block);

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_DEVICE_OPTIONS_H_
