// TracingDevice: a device that tells the view's owner of every request made to the one inside it.
//
//   null_open c 0 0 flag 8001
//   null_write c 0 0 len 4096
//   null_release c 0 0 flag 0
#ifndef SERVICES_UMDEV_TRACING_DEVICE_H_
#define SERVICES_UMDEV_TRACING_DEVICE_H_

#include <memory>
#include <string>
#include <utility>

#include "sdk/base/errno.h"
#include "umsdk/device.h"
#include "umsdk/native_file.h"
#include "umsdk/service.h"

namespace umsdk::umdev {

// Thread-safe. `host` must outlive the device and its open files.
class TracingDevice final : public Device {
 public:
  // `name` starts each line. `ioctls`: a line for each of them too.
  TracingDevice(ServiceHost& host, std::string name, bool ioctls, std::shared_ptr<Device> inner)
      : host_(host), name_(std::move(name)), ioctls_(ioctls), inner_(std::move(inner)) {}

  DeviceInfo info() const override { return inner_->info(); }
  ErrnoOr<std::unique_ptr<DeviceFile>> Open(const DeviceOpen& open) override;
  bool native() const override { return inner_->native(); }
  // The kernel carries what comes after: only the open is told of.
  ErrnoOr<NativeOpen> OpenNative(const DeviceOpen& open) override;
  ErrnoOrOk SetAttr(const Caller& caller, const SetAttrRequest& request) override {
    return inner_->SetAttr(caller, request);
  }

 private:
  ServiceHost& host_;
  const std::string name_;
  const bool ioctls_;
  const std::shared_ptr<Device> inner_;
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_TRACING_DEVICE_H_
