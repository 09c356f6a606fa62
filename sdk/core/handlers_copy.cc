// sendfile, copy_file_range, splice with a virtual file on one side at least.
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "sdk/core/copy_side.h"
#include "sdk/core/handlers.h"

namespace umsdk {
namespace {

constexpr uint64_t kMaxCount = 0x7ffff000;  // MAX_RW_COUNT of the kernel
constexpr uint64_t kChunk = 1 << 20;        // bytes in our hands at a time

struct CopyOptions {
  uint64_t size = 0;
  bool nonblocking = false;
  bool waits_for_all = false;  // sendfile(2) goes on; splice(2) waits for the first bytes only
};

// One chunk. A result of fewer bytes than asked for ends the copy.
ErrnoOr<size_t> CopyChunk(Call& call, CopySide& from, CopySide& to, std::vector<char>& buffer, size_t size) {
  buffer.resize(std::min<uint64_t>(size, to.AtOnce()));
  UMSDK_ASSIGN_OR_ERRNO(size_t got, from.Read(buffer));
  if (got == 0) return got;
  UMSDK_ASSIGN_OR_ERRNO(size_t put, to.Write(call, std::span<const char>(buffer.data(), got)));
  from.Advance(put);
  return put;
}

Verdict Copy(Call& call, CopySide& from, CopySide& to, const CopyOptions& options) {
  uint64_t size = std::min(options.size, kMaxCount), total = 0;
  std::vector<char> buffer;
  Errno error{0};
  while (total < size) {
    bool patient = !options.nonblocking && (total == 0 || options.waits_for_all);
    ErrnoOrOk ready = from.Await(call, POLLIN, patient);
    if (ready.ok()) ready = to.Await(call, POLLOUT, patient);
    error = ready.error();
    if (!ready.ok()) break;
    ErrnoOr<size_t> count = CopyChunk(call, from, to, buffer, std::min(size - total, kChunk));
    error = count.ok() ? Errno(0) : count.error();
    // Another reader or writer of a pipe was quicker: wait again.
    if (error == Errno(EAGAIN) && patient && !from.nonblocking() && !to.nonblocking()) continue;
    if (!count.ok() || *count == 0) break;
    total += *count;
    if (*count < buffer.size() && !options.waits_for_all) break;
  }
  if (total == 0 && error != Errno(0)) return Verdict::Fail(error);
  UMSDK_VERDICT_IF_ERRNO(from.StoreOffset(call));
  UMSDK_VERDICT_IF_ERRNO(to.StoreOffset(call));
  return Verdict::Return(static_cast<int64_t>(total));
}

// A real descriptor of a service's is the kernel's to copy from and to.
bool IsOurs(Call& call, int fd) {
  std::shared_ptr<OpenObject> object = call.Object(fd);
  return object && !object->native();
}

bool TouchesView(Call& call, int from, int to) { return IsOurs(call, from) || IsOurs(call, to); }

bool Overlaps(const CopySide& from, const CopySide& to, uint64_t size) {
  if (!from.SameFileAs(to)) return false;
  uint64_t in = from.offset(), out = to.offset();
  return in < out + size && out < in + size;
}

}  // namespace

Verdict HandleSendfile(Call& call) {
  if (!TouchesView(call, call.int_arg(1), call.int_arg(0))) return Verdict::Continue();
  call.MarkHandled();
  UMSDK_ASSIGN_OR_VERDICT(CopySide from, CopySide::Make(call, call.int_arg(1), call.arg(2), O_WRONLY, Errno(EINVAL)));
  UMSDK_ASSIGN_OR_VERDICT(CopySide to, CopySide::Make(call, call.int_arg(0), 0, O_RDONLY, Errno(EINVAL)));
  if (call.arg(2) != 0 && !from.seekable()) return Verdict::Fail(Errno(ESPIPE));
  if (!from.seekable() || to.appends()) return Verdict::Fail(Errno(EINVAL));
  if (from.offset() + call.arg(3) > INT64_MAX) return Verdict::Fail(Errno(EINVAL));
  return Copy(call, from, to, {.size = call.arg(3), .waits_for_all = true});
}

Verdict HandleCopyFileRange(Call& call) {
  if (!TouchesView(call, call.int_arg(0), call.int_arg(2))) return Verdict::Continue();
  call.MarkHandled();
  if (call.arg(5) != 0) return Verdict::Fail(Errno(EINVAL));
  UMSDK_ASSIGN_OR_VERDICT(CopySide from, CopySide::Make(call, call.int_arg(0), call.arg(1), O_WRONLY, Errno(EISDIR)));
  UMSDK_ASSIGN_OR_VERDICT(CopySide to, CopySide::Make(call, call.int_arg(2), call.arg(3), O_RDONLY, Errno(EISDIR)));
  if (to.appends()) return Verdict::Fail(Errno(EBADF));
  if (!from.is_regular() || !to.is_regular()) return Verdict::Fail(Errno(EINVAL));
  if (!from.MayCopyTo(to)) return Verdict::Fail(Errno(EXDEV));
  uint64_t size = call.arg(4);
  // As generic_copy_file_checks() counts: unsigned.
  if (from.offset() + size < size || to.offset() + size < size) return Verdict::Fail(Errno(EOVERFLOW));
  if (from.offset() > INT64_MAX || to.offset() > INT64_MAX) return Verdict::Fail(Errno(EINVAL));
  if (Overlaps(from, to, std::min(size, from.BytesLeft()))) return Verdict::Fail(Errno(EINVAL));
  ErrnoOr<size_t> count = from.CopyWithin(call, to, std::min(size, kMaxCount));
  if (!count.ok() && count.error() == Errno(EOPNOTSUPP)) {
    return Copy(call, from, to, {.size = size, .waits_for_all = true});
  }
  if (!count.ok()) return Verdict::Fail(count.error());
  UMSDK_VERDICT_IF_ERRNO(from.StoreOffset(call));
  UMSDK_VERDICT_IF_ERRNO(to.StoreOffset(call));
  return Verdict::Return(static_cast<int64_t>(*count));
}

Verdict HandleSplice(Call& call) {
  if (!TouchesView(call, call.int_arg(0), call.int_arg(2))) return Verdict::Continue();
  call.MarkHandled();
  constexpr unsigned kNonblock = 2, kKnown = 15;  // SPLICE_F_NONBLOCK, SPLICE_F_*
  auto flags = static_cast<unsigned>(call.arg(5));
  if (call.arg(4) == 0) return Verdict::Return(0);
  if ((flags & ~kKnown) != 0) return Verdict::Fail(Errno(EINVAL));
  UMSDK_ASSIGN_OR_VERDICT(CopySide from, CopySide::Make(call, call.int_arg(0), call.arg(1), O_WRONLY, Errno(EINVAL)));
  UMSDK_ASSIGN_OR_VERDICT(CopySide to, CopySide::Make(call, call.int_arg(2), call.arg(3), O_RDONLY, Errno(EINVAL)));
  if ((from.is_pipe() && call.arg(1) != 0) || (to.is_pipe() && call.arg(3) != 0)) {
    return Verdict::Fail(Errno(ESPIPE));
  }
  if ((!from.is_pipe() && !to.is_pipe()) || to.appends()) return Verdict::Fail(Errno(EINVAL));
  return Copy(call, from, to, {.size = call.arg(4), .nonblocking = (flags & kNonblock) != 0});
}

}  // namespace umsdk
