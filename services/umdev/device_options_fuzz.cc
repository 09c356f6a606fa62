// The options of a umdev mount: what is accepted can be a device.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "services/umdev/device_options.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace umsdk;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  absl::StatusOr<umdev::DeviceOptions> options = umdev::ParseDeviceOptions(text);
  if (!options.ok()) {
    if (options.status().message().empty()) std::abort();
    return 0;
  }
  DeviceInfo info = umdev::MakeDeviceInfo(*options, Caller(), true);
  constexpr uid_t kNobody = static_cast<uid_t>(-1);
  bool good = info.major < 4096 && info.minor < (1u << 20) && (info.mode & ~mode_t{07777}) == 0 &&
              info.uid != kNobody && info.gid != kNobody && options->size.value_or(1) != 0 &&
              static_cast<int64_t>(options->size.value_or(1)) > 0;
  if (!good) std::abort();
  return 0;
}
