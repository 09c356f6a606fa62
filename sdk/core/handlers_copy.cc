// sendfile, copy_file_range, splice with a virtual file on one side at least.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "sdk/core/handlers.h"
#include "sdk/core/transfer.h"
#include "sdk/core/virtual_device.h"
#include "sdk/core/virtual_file.h"

namespace umsdk {
namespace {

constexpr uint64_t kMaxAtOnce = 1 << 20;  // a short count is always allowed, bytes

// One side of a copy: a virtual file or device, or a real description of the guest's.
struct Side {
  std::shared_ptr<OpenObject> object;
  UniqueFd description;
  int flags = 0;
  uint64_t offset_address = 0;     // of the guest's off_t; 0: the description's own offset
  std::optional<uint64_t> offset;  // its value
};

ErrnoOr<Side> MakeSide(Call& call, int fd, uint64_t offset_address, int forbidden_mode) {
  Side side;
  side.object = call.Object(fd);
  UMSDK_ASSIGN_OR_ERRNO(side.description, call.trap().TakeFd(fd));
  side.flags = ::fcntl(side.description.get(), F_GETFL);
  if ((side.flags & O_PATH) != 0 || (side.flags & O_ACCMODE) == forbidden_mode) return Errno(EBADF);
  if (side.object && side.object->dir() != nullptr) return Errno(EISDIR);
  side.offset_address = offset_address;
  if (offset_address != 0) {
    UMSDK_ASSIGN_OR_ERRNO(int64_t offset, call.Load<int64_t>(offset_address));
    if (offset < 0) return Errno(EINVAL);
    side.offset = static_cast<uint64_t>(offset);
  }
  return side;
}

ErrnoOr<size_t> ReadSide(Side& side, std::span<char> out) {
  if (side.object && side.object->file() != nullptr) {
    uint64_t at = side.offset ? *side.offset
                              : static_cast<uint64_t>(::lseek(side.description.get(), 0, SEEK_CUR));
    return side.object->file()->ReadAt(at, out);
  }
  if (side.object && side.object->device() != nullptr) {
    return side.object->device()->Read(side.description.get(), side.offset, out);
  }
  ssize_t count = side.offset ? ::pread(side.description.get(), out.data(), out.size(), static_cast<off_t>(*side.offset))
                              : ::read(side.description.get(), out.data(), out.size());
  if (count < 0) return LastErrno();
  return static_cast<size_t>(count);
}

ErrnoOr<size_t> WriteSide(Call& call, Side& side, std::span<const char> bytes) {
  if (side.object && side.object->file() != nullptr) {
    WritePlace place{side.description.get(), side.offset, (side.flags & O_APPEND) != 0, FileSizeLimit(call)};
    return side.object->file()->Write(place, bytes);
  }
  if (side.object && side.object->device() != nullptr) {
    return side.object->device()->Write(side.description.get(), side.offset, bytes);
  }
  ssize_t count = side.offset ? ::pwrite(side.description.get(), bytes.data(), bytes.size(), static_cast<off_t>(*side.offset))
                              : ::write(side.description.get(), bytes.data(), bytes.size());
  if (count < 0) return LastErrno();
  return static_cast<size_t>(count);
}

// After `count` bytes of a source whose read did not move an offset.
ErrnoOrOk Advance(Call& call, Side& side, uint64_t count, bool moved) {
  if (side.offset) {
    int64_t offset = static_cast<int64_t>(*side.offset + count);
    return side.offset_address != 0 ? call.Store(side.offset_address, offset) : ErrnoOrOk();
  }
  if (!moved) ::lseek(side.description.get(), static_cast<off_t>(count), SEEK_CUR);
  return {};
}

// A real pipe or socket may be full or empty: waits as the guest would, and gives way to its signals.
ErrnoOrOk WaitFor(Call& call, Side& side, short events, bool nonblocking) {
  if (side.object) return {};
  pollfd state{side.description.get(), events, 0};
  while (::poll(&state, 1, 0) == 0) {
    if (nonblocking || (side.flags & O_NONBLOCK) != 0) return Errno(EAGAIN);
    call.trap().WillBlock();
    if (call.trap().Interrupted()) return Errno(512 /* ERESTARTSYS */);
    constexpr int kStepMs = 10;
    if (::poll(&state, 1, kStepMs) > 0) break;
  }
  return {};
}

Verdict Copy(Call& call, const ErrnoOr<Side>& from_or, const ErrnoOr<Side>& to_or, uint64_t size,
             bool nonblocking) {
  if (!from_or.ok()) return Verdict::Fail(from_or.error());
  if (!to_or.ok()) return Verdict::Fail(to_or.error());
  Side& from = const_cast<Side&>(*from_or);
  Side& to = const_cast<Side&>(*to_or);
  UMSDK_VERDICT_IF_ERRNO(WaitFor(call, from, POLLIN, nonblocking));
  UMSDK_VERDICT_IF_ERRNO(WaitFor(call, to, POLLOUT, nonblocking));
  // Into a pipe no more than surely fits, so that the write here never waits.
  constexpr uint64_t kPipe = 4096;
  std::vector<char> buffer(std::min(size, to.object ? kMaxAtOnce : kPipe));
  UMSDK_ASSIGN_OR_VERDICT(size_t got, ReadSide(from, buffer));
  if (got == 0) return Verdict::Return(0);
  UMSDK_ASSIGN_OR_VERDICT(size_t put, WriteSide(call, to, std::span<const char>(buffer.data(), got)));
  bool virtual_file = from.object && from.object->file() != nullptr;
  UMSDK_VERDICT_IF_ERRNO(Advance(call, from, put, !virtual_file));
  UMSDK_VERDICT_IF_ERRNO(Advance(call, to, put, true));
  return Verdict::Return(static_cast<int64_t>(put));
}

bool TouchesView(Call& call, int from, int to) { return call.Object(from) || call.Object(to); }

}  // namespace

Verdict HandleSendfile(Call& call) {
  if (!TouchesView(call, call.int_arg(1), call.int_arg(0))) return Verdict::Continue();
  call.MarkHandled();
  return Copy(call, MakeSide(call, call.int_arg(1), call.arg(2), O_WRONLY),
              MakeSide(call, call.int_arg(0), 0, O_RDONLY), call.arg(3), false);
}

Verdict HandleCopyFileRange(Call& call) {
  if (!TouchesView(call, call.int_arg(0), call.int_arg(2))) return Verdict::Continue();
  call.MarkHandled();
  if (call.arg(5) != 0) return Verdict::Fail(Errno(EINVAL));
  ErrnoOr<Side> to = MakeSide(call, call.int_arg(2), call.arg(3), O_RDONLY);
  if (to.ok() && (to->flags & O_APPEND) != 0) return Verdict::Fail(Errno(EBADF));
  return Copy(call, MakeSide(call, call.int_arg(0), call.arg(1), O_WRONLY), to, call.arg(4), false);
}

Verdict HandleSplice(Call& call) {
  if (!TouchesView(call, call.int_arg(0), call.int_arg(2))) return Verdict::Continue();
  call.MarkHandled();
  constexpr unsigned kNonblock = 2;  // SPLICE_F_NONBLOCK
  bool nonblocking = (static_cast<unsigned>(call.arg(5)) & kNonblock) != 0;
  return Copy(call, MakeSide(call, call.int_arg(0), call.arg(1), O_WRONLY),
              MakeSide(call, call.int_arg(2), call.arg(3), O_RDONLY), call.arg(4), nonblocking);
}

}  // namespace umsdk
