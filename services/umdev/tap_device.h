// umdevtap: a clone of /dev/net/tun whose interfaces are ports of a VDE switch:
//
//   mount -t umdevtap /run/switch /dev/net/tun
#ifndef SERVICES_UMDEV_TAP_DEVICE_H_
#define SERVICES_UMDEV_TAP_DEVICE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sdk/base/mutex.h"
#include "services/umdev/disk_mount.h"
#include "services/umdev/node_attributes.h"
#include "services/umdev/tap_file.h"
#include "umsdk/device.h"

namespace umsdk::umdev {

// The opens of one tap device and the names of their interfaces. Thread-safe.
class TapFiles {
 public:
  // ENFILE: there are too many.
  ErrnoOrOk Add(std::shared_ptr<TapFile> file);
  // See TapFile::Namer.
  ErrnoOrOk Name(TapFile& file, const std::string& wanted);
  void Clear();

 private:
  // Those that no guest has open any more; they are destroyed outside the lock.
  std::vector<std::shared_ptr<TapFile>> TakeClosed();

  Mutex mutex_;
  std::vector<std::shared_ptr<TapFile>> files_ UMSDK_GUARDED_BY(mutex_);
};

// Thread-safe.
class TapDevice final : public Device {
 public:
  // `report`: a line for the view's owner.
  TapDevice(const DeviceInfo& info, TapPort::Connect connect,
            std::function<void(const std::string&)> report)
      : attributes_(std::make_shared<NodeAttributes>(info)),
        connect_(std::move(connect)),
        report_(std::move(report)) {}
  ~TapDevice() override { files_->Clear(); }

  DeviceInfo info() const override { return attributes_->Get(); }
  bool native() const override { return true; }
  ErrnoOr<NativeOpen> OpenNative(const DeviceOpen& open) override;
  ErrnoOr<std::unique_ptr<DeviceFile>> Open(const DeviceOpen&) override { return Errno(ENXIO); }
  ErrnoOrOk SetAttr(const Caller&, const SetAttrRequest& request) override {
    return attributes_->Change(request);
  }

 private:
  const std::shared_ptr<NodeAttributes> attributes_;
  const TapPort::Connect connect_;
  const std::function<void(const std::string&)> report_;
  const std::shared_ptr<TapFiles> files_ = std::make_shared<TapFiles>();
};

// The source of the mount is the switch. EINVAL: it is none; ENOPKG: libvdeplug is not installed.
ErrnoOr<MadeDevice> CreateTapDevice(const DevicePlan& plan);

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_TAP_DEVICE_H_
