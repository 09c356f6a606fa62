#include "services/umfuse/protocol/negotiation.h"

#include <algorithm>

namespace umsdk::umfuse {
namespace {

constexpr uint32_t kMinor = 39;
constexpr uint32_t kPage = 4096;
constexpr uint32_t kDefaultPages = 32;  // of a READ or WRITE when MAX_PAGES was not agreed on
constexpr uint32_t kFirstWithFlags = 5;
constexpr uint32_t kFirstWithPages = 28;

// Some daemons stop when one that they want is missing. Not offered: WRITEBACK_CACHE (the page
// cache is written through), splicing (no pipes here), passthrough,
// io_uring, ACLs.
constexpr uint32_t kOffered =
    FUSE_ASYNC_READ | FUSE_POSIX_LOCKS | FUSE_FLOCK_LOCKS | FUSE_BIG_WRITES | FUSE_DONT_MASK | FUSE_ATOMIC_O_TRUNC | FUSE_EXPORT_SUPPORT |
    FUSE_AUTO_INVAL_DATA | FUSE_DO_READDIRPLUS | FUSE_READDIRPLUS_AUTO | FUSE_ASYNC_DIO |
    FUSE_NO_OPEN_SUPPORT | FUSE_NO_OPENDIR_SUPPORT | FUSE_PARALLEL_DIROPS | FUSE_HANDLE_KILLPRIV |
    FUSE_CACHE_SYMLINKS | FUSE_EXPLICIT_INVAL_DATA | FUSE_HAS_IOCTL_DIR | FUSE_MAX_PAGES;

}  // namespace

fuse_init_in MakeInit(uint32_t max_data) {
  fuse_init_in init = {};
  init.major = FUSE_KERNEL_VERSION;
  init.minor = kMinor;
  init.max_readahead = std::min(max_data, kDefaultPages * kPage);
  init.flags = kOffered;
  return init;
}

ErrnoOr<Session> ReadInit(std::span<const char> body, uint32_t max_data, uint32_t mount_max_read) {
  fuse_init_out reply = {};
  if (body.size() < FUSE_COMPAT_INIT_OUT_SIZE) return Errno(EPROTO);
  std::memcpy(&reply, body.data(), std::min(body.size(), sizeof(reply)));
  if (reply.major != FUSE_KERNEL_VERSION) return Errno(EPROTO);
  Session session;
  session.minor = std::min(reply.minor, kMinor);
  if (session.minor >= kFirstWithFlags) {
    if (body.size() < FUSE_COMPAT_22_INIT_OUT_SIZE) return Errno(EPROTO);
    session.flags = reply.flags & kOffered;
    session.max_write = std::max(reply.max_write, kPage);
  }
  uint32_t pages = kDefaultPages;
  if (session.minor >= kFirstWithPages && session.Has(FUSE_MAX_PAGES) && reply.max_pages > 0)
    pages = reply.max_pages;
  uint32_t limit = std::min(max_data, pages * kPage);
  // Also without FUSE_BIG_WRITES: the kernel's page-sized writes then are those of its page cache, while
  // direct I/O gives a daemon max_write at once (fuse_direct_io), which is what we do.
  session.max_write = std::min(session.max_write, limit);
  session.max_read = mount_max_read > 0 ? std::min(limit, std::max(mount_max_read, kPage)) : limit;
  return session;
}

}  // namespace umsdk::umfuse
