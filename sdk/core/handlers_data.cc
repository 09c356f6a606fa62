// read, write and their p-, v- and 2-forms.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "sdk/core/handlers.h"
#include "sdk/core/iovec_copy.h"
#include "sdk/core/set_id.h"
#include "sdk/core/transfer.h"
#include "sdk/core/trapped_io.h"
#include "sdk/core/virtual_file.h"
#include "umsdk/native_file.h"

namespace umsdk {
namespace {

constexpr size_t kChunk = 1 << 20;  // bytes moved at a time

// The description behind the descriptor, if it allows the access.
ErrnoOr<UniqueFd> Description(Call& call, int forbidden_mode, int& flags) {
  UMSDK_ASSIGN_OR_ERRNO(UniqueFd description, call.trap().TakeFd(call.int_arg(0)));
  flags = ::fcntl(description.get(), F_GETFL);
  int mode = flags & O_ACCMODE;
  if (flags < 0 || (flags & O_PATH) != 0 || mode == forbidden_mode || mode == O_ACCMODE) return Errno(EBADF);
  return description;
}

// rw_verify_area(): no byte behind the largest offset.
ErrnoOrOk CheckArea(const UniqueFd& description, std::optional<uint64_t> position, uint64_t size) {
  off_t offset = position ? static_cast<off_t>(*position) : ::lseek(description.get(), 0, SEEK_CUR);
  if (static_cast<uint64_t>(offset) > INT64_MAX - std::min<uint64_t>(size, INT64_MAX)) return Errno(EINVAL);
  return {};
}

// Moves data until the buffers are full or a transfer is short. `move(span, position)`.
template <typename Move>
Verdict ReadInto(Call& call, GuestBuffers& buffers, std::optional<uint64_t> position, const Move& move) {
  std::vector<char> chunk(std::min<uint64_t>(buffers.size(), kChunk));
  int64_t total = 0;
  while (buffers.size() > 0) {
    std::span<char> want(chunk.data(), std::min<uint64_t>(chunk.size(), buffers.size()));
    ErrnoOr<size_t> count = move(want, position);
    if (!count.ok()) return total > 0 ? Verdict::Return(total) : Verdict::Fail(count.error());
    size_t copied = buffers.Scatter(call, want.first(*count));
    total += static_cast<int64_t>(copied);
    if (position) *position += copied;
    if (copied < *count && total == 0) return Verdict::Fail(Errno(EFAULT));
    if (copied < want.size()) break;
  }
  return Verdict::Return(total);
}

Verdict ReadDevice(Call& call, TrappedIo& device, GuestBuffers buffers, std::optional<uint64_t> position) {
  int flags = 0;
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd description, Description(call, O_WRONLY, flags));
  if (position && !device.seekable()) return Verdict::Fail(Errno(ESPIPE));
  return ReadInto(call, buffers, position, [&](std::span<char> out, std::optional<uint64_t> at) {
    return device.Read(description.get(), at, out);
  });
}

// A file too large to be in memory wholly: the offset stays the kernel's, the bytes come from us.
Verdict ReadWindowed(Call& call, VirtualFile& file, GuestBuffers buffers, std::optional<uint64_t> position) {
  int flags = 0;
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd description, Description(call, O_WRONLY, flags));
  UMSDK_VERDICT_IF_ERRNO(CheckArea(description, position, buffers.size()));
  bool moves = !position.has_value();
  if (moves) position = static_cast<uint64_t>(::lseek(description.get(), 0, SEEK_CUR));
  uint64_t start = *position;
  Verdict verdict = ReadInto(call, buffers, position, [&](std::span<char> out, std::optional<uint64_t> at) {
    return file.ReadAt(*at, out);
  });
  if (moves && verdict.value() > 0) {
    ::lseek(description.get(), static_cast<off_t>(start) + verdict.value(), SEEK_SET);
  }
  return verdict;
}

// `decode` copies the guest's vector: not of the many calls that are about something of the kernel's.
using Decode = ErrnoOr<GuestBuffers> (*)(Call& call);
ErrnoOr<GuestBuffers> OneBuffer(Call& call) { return GuestBuffers::One(call.arg(1), call.arg(2)); }
ErrnoOr<GuestBuffers> Vector(Call& call) { return GuestBuffers::Vector(call, call.arg(1), call.arg(2)); }

Verdict Read(Call& call, Decode decode, std::optional<int64_t> position) {
  if (position && *position < 0) return Verdict::Fail(Errno(EINVAL));
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  if (object && object->path_only()) return Verdict::Fail(Errno(EBADF));
  if (!object || object->dir() != nullptr) return Verdict::Continue();
  call.MarkHandled();
  if (std::shared_ptr<NativeFile> native = object->native()) {
    UMSDK_VERDICT_IF_ERRNO(native->BeforeRead());
    return Verdict::Continue();
  }
  UMSDK_ASSIGN_OR_VERDICT(GuestBuffers buffers, decode(call));
  if (TrappedIo* device = object->trapped_io()) return ReadDevice(call, *device, buffers, position);
  VirtualFile* file = object->file();
  if (file == nullptr) return Verdict::Continue();
  UMSDK_VERDICT_IF_ERRNO(file->TakeLateError());
  UMSDK_ASSIGN_OR_VERDICT(bool native, file->Populate());
  return native ? Verdict::Continue() : ReadWindowed(call, *file, buffers, position);
}

Verdict WriteDevice(Call& call, TrappedIo& device, GuestBuffers buffers, std::optional<uint64_t> position) {
  int flags = 0;
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd description, Description(call, O_RDONLY, flags));
  if (position && !device.seekable()) return Verdict::Fail(Errno(ESPIPE));
  return WriteFrom(call, buffers, position, [&](std::span<const char> bytes, std::optional<uint64_t> at) {
    return device.Write(description.get(), at, bytes);
  });
}

ErrnoOrOk CheckWriteFlags(int rwf) {
  constexpr int kBoth = RWF_APPEND_BIT | RWF_NOAPPEND_BIT;
  constexpr int kKnown = RWF_HIPRI_BIT | RWF_DSYNC_BIT | RWF_SYNC_BIT | kBoth;
  if ((rwf & ~kKnown) != 0) return Errno(EOPNOTSUPP);
  return (rwf & kBoth) == kBoth ? ErrnoOrOk(Errno(EINVAL)) : ErrnoOrOk();
}

Verdict WriteFile(Call& call, VirtualFile& file, GuestBuffers buffers, std::optional<uint64_t> position,
                  int rwf) {
  int flags = 0;
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd description, Description(call, O_RDONLY, flags));
  UMSDK_VERDICT_IF_ERRNO(CheckArea(description, position, buffers.size()));
  if (buffers.size() > 0) UMSDK_VERDICT_IF_ERRNO(CheckWriteFlags(rwf));
  UMSDK_VERDICT_IF_ERRNO(file.TakeLateError());
  if (buffers.size() > 0) UMSDK_VERDICT_IF_ERRNO(DropSetId(call, file));
  WritePlace place;
  place.description = description.get();
  // pwrite on an O_APPEND description appends as well (pwrite(2), BUGS).
  place.append = ((flags & O_APPEND) != 0 && (rwf & RWF_NOAPPEND_BIT) == 0) || (rwf & RWF_APPEND_BIT) != 0;
  place.limit = FileSizeLimit(call);
  Verdict verdict = WriteFrom(call, buffers, position, [&](std::span<const char> bytes, auto at) {
    place.position = at;
    return WriteVirtual(call.view(), file, place, bytes);
  });
  if (verdict.value() == -EFBIG && place.limit != UINT64_MAX) SignalFileSize(call);
  bool synchronous = (flags & (O_SYNC | O_DSYNC)) != 0 || (rwf & (RWF_SYNC_BIT | RWF_DSYNC_BIT)) != 0;
  if (synchronous && verdict.value() > 0) UMSDK_VERDICT_IF_ERRNO(file.Fsync((flags & O_SYNC) == 0));
  return verdict;
}

Verdict Write(Call& call, Decode decode, std::optional<int64_t> position, int rwf) {
  if (position && *position < 0) return Verdict::Fail(Errno(EINVAL));
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  if (object && object->path_only()) return Verdict::Fail(Errno(EBADF));
  if (!object || object->dir() != nullptr) return Verdict::Continue();
  call.MarkHandled();
  if (std::shared_ptr<NativeFile> native = object->native()) {
    UMSDK_ASSIGN_OR_VERDICT(GuestBuffers bytes, decode(call));
    const bool nothing = bytes.size() == 0 && decode == Vector;  // nor does the kernel ask the device then
    if (!nothing) UMSDK_VERDICT_IF_ERRNO(native->BeforeWrite(bytes.size()));
    return Verdict::Continue();
  }
  UMSDK_ASSIGN_OR_VERDICT(GuestBuffers buffers, decode(call));
  if (TrappedIo* device = object->trapped_io()) return WriteDevice(call, *device, buffers, position);
  if (VirtualFile* file = object->file()) return WriteFile(call, *file, buffers, position, rwf);
  return Verdict::Continue();
}

// preadv2 and pwritev2 take -1 for "the offset of the description", and flags.
std::optional<int64_t> PositionOf(Call& call, int second_form) {
  auto position = static_cast<int64_t>(call.arg(3));
  if (call.trap().number() == second_form && position == -1) return std::nullopt;
  return position;
}

}  // namespace

Verdict HandleRead(Call& call) { return Read(call, OneBuffer, std::nullopt); }
Verdict HandlePread(Call& call) { return Read(call, OneBuffer, static_cast<int64_t>(call.arg(3))); }
Verdict HandleReadv(Call& call) { return Read(call, Vector, std::nullopt); }
Verdict HandlePreadv(Call& call) { return Read(call, Vector, PositionOf(call, SYS_preadv2)); }
Verdict HandleWrite(Call& call) { return Write(call, OneBuffer, std::nullopt, 0); }
Verdict HandlePwrite(Call& call) { return Write(call, OneBuffer, static_cast<int64_t>(call.arg(3)), 0); }
Verdict HandleWritev(Call& call) { return Write(call, Vector, std::nullopt, 0); }
Verdict HandlePwritev(Call& call) {
  int rwf = call.trap().number() == SYS_pwritev2 ? call.int_arg(5) : 0;
  return Write(call, Vector, PositionOf(call, SYS_pwritev2), rwf);
}

}  // namespace umsdk
