// Data between guest memory and buffers of ours, by the iovec rules of readv(2).
#ifndef SDK_CORE_IOVEC_COPY_H_
#define SDK_CORE_IOVEC_COPY_H_

#include <sys/uio.h>

#include <span>
#include <vector>

#include "sdk/core/call.h"

namespace umsdk {

// The guest's buffers of one call, at most MAX_RW_COUNT bytes together.
class GuestBuffers {
 public:
  // One buffer, or `count` iovecs at `address`: EINVAL, EFAULT as import_iovec().
  static ErrnoOr<GuestBuffers> One(uint64_t address, uint64_t size);
  static ErrnoOr<GuestBuffers> Vector(Call& call, uint64_t address, uint64_t count);

  uint64_t size() const { return size_; }  // bytes left
  // Takes the next `out.size()` bytes at most; fewer when memory is missing. Advances.
  size_t Gather(Call& call, std::span<char> out);
  size_t Scatter(Call& call, std::span<const char> bytes);

 private:
  template <typename Copy>
  size_t Walk(size_t size, const Copy& copy);
  std::vector<iovec> parts_;
  size_t part_ = 0;
  uint64_t in_part_ = 0;
  uint64_t size_ = 0;
};

}  // namespace umsdk

#endif  // SDK_CORE_IOVEC_COPY_H_
