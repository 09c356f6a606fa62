// A service module: `umview -p ./sensor.so sh`, and there `mount -t sensor none /dev/sensor`.
#include "examples/plugin/sensor.h"

#include "umsdk/device.h"
#include "umsdk/plugin.h"

namespace {

// One open of the sensor: a line of text for cat, a number for who knows the ioctl.
class SensorFile final : public umsdk::DeviceFile {
 public:
  umsdk::ErrnoOr<size_t> Read(uint64_t, std::span<char> out) override {
    size_t count = text_.copy(out.data(), out.size());
    text_.erase(0, count);
    return count;
  }
  umsdk::ErrnoOr<int64_t> Ioctl(uint64_t request, uint64_t to, umsdk::IoctlMemory& mem) override {
    if (request != SENSOR_GET_MILLIDEGREES) return umsdk::Errno(ENOTTY);
    UMSDK_RETURN_IF_ERRNO(mem.Put(to, int{21500}));
    return int64_t{0};
  }

 private:
  std::string text_ = "21.5\n";
};

class Sensor final : public umsdk::Device {
  umsdk::DeviceInfo info() const override { return {.major = 240, .mode = 0444}; }
  umsdk::ErrnoOr<std::unique_ptr<umsdk::DeviceFile>> Open(const umsdk::DeviceOpen&) override {
    return std::unique_ptr<umsdk::DeviceFile>(std::make_unique<SensorFile>());
  }
};

class SensorService final : public umsdk::Service {
  std::string_view name() const override { return "sensor"; }
  umsdk::Claims claims() const override { return umsdk::Claim::FsType("sensor"); }
  umsdk::ErrnoOr<umsdk::Mounted> OnMount(umsdk::SyscallContext&,
                                         const umsdk::MountRequest&) override {
    return umsdk::Mounted{nullptr, std::make_shared<Sensor>(), {.leaf = true}};
  }
};

absl::StatusOr<std::unique_ptr<umsdk::Service>> Create(const std::string&) {
  return std::make_unique<SensorService>();
}

}  // namespace

extern "C" const umsdk_plugin_info umsdk_plugin = {UMSDK_PLUGIN_ABI, &Create};
