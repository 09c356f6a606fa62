// The first exchange on a channel: which version, which abilities, how much at a time.
#ifndef SERVICES_UMFUSE_PROTOCOL_NEGOTIATION_H_
#define SERVICES_UMFUSE_PROTOCOL_NEGOTIATION_H_

#include <cstdint>
#include <span>

#include "sdk/base/errno.h"
#include "services/umfuse/protocol/wire.h"

namespace umsdk::umfuse {

// The first minor version with today's fuse_attr.
inline constexpr uint32_t kFirstWithLongAttr = 9;

// What both sides agreed on.
struct Session {
  uint32_t minor = 0;
  uint32_t flags = 0;         // of those offered, what the daemon took
  uint32_t max_write = 4096;  // bytes of a WRITE
  uint32_t max_read = 4096;   // bytes of a READ
  bool Has(uint32_t flag) const { return (flags & flag) != 0; }
};

// INIT's argument. `max_data`: bytes of data that a message may carry.
fuse_init_in MakeInit(uint32_t max_data);
// The daemon's answer; EPROTO when it speaks another major version or is cut short.
// `mount_max_read`: the mount option, 0 if not given.
ErrnoOr<Session> ReadInit(std::span<const char> body, uint32_t max_data, uint32_t mount_max_read);

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_PROTOCOL_NEGOTIATION_H_
