#include "sdk/core/iovec_copy.h"

#include <limits.h>

#include <algorithm>

namespace umsdk {
namespace {

constexpr uint64_t kMaxCount = 0x7ffff000;  // MAX_RW_COUNT

// access_ok(): no part of it is the kernel's half of the addresses.
bool IsUserRange(uint64_t address, uint64_t size) {
  constexpr uint64_t kEnd = uint64_t{1} << 63;
  return address < kEnd && size <= kEnd - address;
}

}  // namespace

ErrnoOr<GuestBuffers> GuestBuffers::One(uint64_t address, uint64_t size) {
  if (!IsUserRange(address, size)) return Errno(EFAULT);
  GuestBuffers buffers;
  buffers.size_ = std::min(size, kMaxCount);
  buffers.parts_.push_back({reinterpret_cast<void*>(address), buffers.size_});
  return buffers;
}

ErrnoOr<GuestBuffers> GuestBuffers::Vector(Call& call, uint64_t address, uint64_t count) {
  GuestBuffers buffers;
  if (count > IOV_MAX) return Errno(EINVAL);
  buffers.parts_.resize(count);
#ifdef UMSDK_PLANTED_BUG  // what tools/fuzz --planted must find
  if (count > 2) buffers.parts_ = std::vector<iovec>(2);
#endif
  UMSDK_RETURN_IF_ERRNO(call.Get(address, buffers.parts_.data(), count * sizeof(iovec)));
  for (iovec& part : buffers.parts_) {
    if (static_cast<ssize_t>(part.iov_len) < 0) return Errno(EINVAL);
  }
  for (iovec& part : buffers.parts_) {
    if (!IsUserRange(reinterpret_cast<uint64_t>(part.iov_base), part.iov_len)) return Errno(EFAULT);
    part.iov_len = std::min(part.iov_len, kMaxCount - buffers.size_);
    buffers.size_ += part.iov_len;
  }
  return buffers;
}

template <typename Copy>
size_t GuestBuffers::Walk(size_t size, const Copy& copy) {
  size_t done = 0;
  while (done < size && part_ < parts_.size()) {
    uint64_t room = parts_[part_].iov_len - in_part_;
    if (room == 0) {
      ++part_, in_part_ = 0;
      continue;
    }
    size_t want = std::min<uint64_t>(size - done, room);
    uint64_t address = reinterpret_cast<uint64_t>(parts_[part_].iov_base) + in_part_;
    size_t got = copy(address, done, want);
    done += got;
    in_part_ += got;
    size_ -= got;
    if (got < want) break;
  }
  return done;
}

size_t GuestBuffers::Gather(Call& call, std::span<char> out) {
  return Walk(out.size(), [&](uint64_t address, size_t at, size_t count) {
    return call.trap().ReadMemory(address, out.data() + at, count);
  });
}

size_t GuestBuffers::Scatter(Call& call, std::span<const char> bytes) {
  return Walk(bytes.size(), [&](uint64_t address, size_t at, size_t count) {
    return call.trap().WriteMemory(address, bytes.data() + at, count);
  });
}

}  // namespace umsdk
