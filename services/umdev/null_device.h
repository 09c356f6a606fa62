// umdevnull: swallows what is written, is always at its end.
#ifndef SERVICES_UMDEV_NULL_DEVICE_H_
#define SERVICES_UMDEV_NULL_DEVICE_H_

#include <memory>

#include "sdk/base/errno.h"
#include "services/umdev/node_attributes.h"
#include "umsdk/device.h"

namespace umsdk::umdev {

// Thread-safe. The lines that umdevnull prints come from the TracingDevice around it.
class NullDevice final : public Device {
 public:
  explicit NullDevice(const DeviceInfo& info) : attributes_(info) {}

  DeviceInfo info() const override { return attributes_.Get(); }
  ErrnoOr<std::unique_ptr<DeviceFile>> Open(const DeviceOpen&) override {
    return std::unique_ptr<DeviceFile>(std::make_unique<NullFile>());
  }
  ErrnoOrOk SetAttr(const Caller&, const SetAttrRequest& request) override {
    return attributes_.Change(request);
  }

 private:
  class NullFile final : public DeviceFile {
   public:
    ErrnoOr<size_t> Read(uint64_t, std::span<char>) override { return size_t{0}; }
    ErrnoOr<size_t> Write(uint64_t, std::span<const char> bytes) override { return bytes.size(); }
  };

  NodeAttributes attributes_;
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_NULL_DEVICE_H_
