// umdevtrivhd: 64 KiB of memory behind a character device, the smallest example of a disk.
#ifndef SERVICES_UMDEV_TRIVHD_DEVICE_H_
#define SERVICES_UMDEV_TRIVHD_DEVICE_H_

#include <memory>

#include "sdk/base/errno.h"
#include "services/umdev/device_options.h"
#include "umsdk/device.h"

namespace umsdk::umdev {

// Each device has storage of its own.
ErrnoOr<std::unique_ptr<Device>> CreateTrivhdDevice(const DeviceInfo& info,
                                                    const DeviceOptions& options);

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_TRIVHD_DEVICE_H_
