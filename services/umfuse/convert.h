// Between the attributes of the FUSE protocol and those of the SDK.
#ifndef SERVICES_UMFUSE_CONVERT_H_
#define SERVICES_UMFUSE_CONVERT_H_

#include <chrono>

#include "services/umfuse/protocol/wire.h"
#include "umsdk/file_system.h"

namespace umsdk::umfuse {

using Deadline = std::chrono::steady_clock::time_point;

// False for attributes that no file can have.
bool IsValid(const fuse_attr& attr);
Attr ToAttr(const fuse_attr& attr);
// The end of a validity time that starts now.
Deadline ValidUntil(uint64_t seconds, uint32_t nanoseconds);
// As makedev() packs numbers for the protocol (32 bits).
uint32_t ToProtocolDevice(dev_t device);
dev_t FromProtocolDevice(uint32_t device);
fuse_setattr_in ToSetAttr(const SetAttrRequest& change);

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_CONVERT_H_
