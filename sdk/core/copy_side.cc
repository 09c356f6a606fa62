#include "sdk/core/copy_side.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "sdk/core/set_id.h"
#include "sdk/core/transfer.h"
#include "sdk/core/trapped_io.h"
#include "sdk/core/virtual_file.h"

namespace umsdk {
namespace {

constexpr uint64_t kPipeBuf = 4096;  // PIPE_BUF: a pipe that is ready for writing takes that much
constexpr int kStepMs = 10;

ErrnoOr<size_t> Count(ssize_t result) {
  if (result < 0) return LastErrno();
  return static_cast<size_t>(result);
}

}  // namespace

ErrnoOr<CopySide> CopySide::Make(Call& call, int fd, uint64_t offset_address, int forbidden_mode,
                                 Errno dir_errno) {
  CopySide side;
  side.object_ = call.Object(fd);
  UMSDK_ASSIGN_OR_ERRNO(side.description_, call.trap().TakeFd(fd));
  side.flags_ = ::fcntl(side.description_.get(), F_GETFL);
  if ((side.flags_ & O_PATH) != 0 || (side.object_ && side.object_->path_only())) return Errno(EBADF);
  if (::fstat(side.description_.get(), &side.st_) != 0) return LastErrno();
  bool is_dir = side.object_ ? side.object_->dir() != nullptr : S_ISDIR(side.st_.st_mode);
  if (is_dir && dir_errno == Errno(EISDIR)) return dir_errno;
  int mode = side.flags_ & O_ACCMODE;
  if (mode == forbidden_mode || mode == O_ACCMODE) return Errno(EBADF);
  if (is_dir) return dir_errno;
  side.offset_address_ = offset_address;
  if (offset_address != 0) {
    UMSDK_ASSIGN_OR_ERRNO(int64_t offset, call.Load<int64_t>(offset_address));
    if (offset < 0 && dir_errno != Errno(EISDIR)) return Errno(EINVAL);
    side.offset_ = static_cast<uint64_t>(offset);
  }
  return side;
}

bool CopySide::seekable() const {
  const TrappedIo* trapped = object_ ? object_->trapped_io() : nullptr;
  return !is_stream() && (trapped == nullptr || trapped->seekable());
}

uint64_t CopySide::offset() const {
  if (offset_) return *offset_;
  off_t offset = ::lseek(description_.get(), 0, SEEK_CUR);
  return offset < 0 ? 0 : static_cast<uint64_t>(offset);
}

uint64_t CopySide::BytesLeft() const {
  auto size = static_cast<uint64_t>(st_.st_size);  // of the memfd too: it always has the file's size
  return size > offset() ? size - offset() : 0;
}

uint64_t CopySide::AtOnce() const {
  bool terminal = !object_ && S_ISCHR(st_.st_mode);
  return terminal ? kPipeBuf : UINT64_MAX;
}

ErrnoOrOk CopySide::Await(Call& call, short events, bool patient) {
  if (!is_stream()) return {};
  pollfd state{description_.get(), events, 0};
  while (::poll(&state, 1, 0) == 0) {
    if (!patient || nonblocking()) return Errno(EAGAIN);
    call.trap().WillBlock();
    if (call.trap().Interrupted()) return Errno(512 /* ERESTARTSYS */);
    if (::poll(&state, 1, kStepMs) > 0) break;
  }
  return {};
}

// None of these waits: another reader may have been quicker.
ErrnoOr<size_t> CopySide::ReadReal(std::span<char> out) {
  int fd = description_.get();
  if (offset_) return Count(::pread(fd, out.data(), out.size(), static_cast<off_t>(*offset_)));
  if (real_seekable()) return Count(::pread(fd, out.data(), out.size(), ::lseek(fd, 0, SEEK_CUR)));
  if (S_ISSOCK(st_.st_mode)) return Count(::recv(fd, out.data(), out.size(), MSG_DONTWAIT));
  if (S_ISFIFO(st_.st_mode)) {
    iovec part{out.data(), out.size()};
    ssize_t count = ::preadv2(fd, &part, 1, -1, RWF_NOWAIT);
    if (count >= 0 || errno != EOPNOTSUPP) return Count(count);
  }
  return Count(::read(fd, out.data(), out.size()));
}

ErrnoOr<size_t> CopySide::Read(std::span<char> out) {
  if (object_ && object_->file() != nullptr) return object_->file()->ReadAt(offset(), out);
  if (object_ && object_->trapped_io() != nullptr) return object_->trapped_io()->Read(description_.get(), offset_, out);
  return ReadReal(out);
}

void CopySide::Advance(size_t count) {
  if (offset_) {
    *offset_ += count;
  } else if ((object_ && object_->file() != nullptr) || real_seekable()) {
    ::lseek(description_.get(), static_cast<off_t>(count), SEEK_CUR);
  }
}

ErrnoOr<size_t> CopySide::WriteReal(Call& call, std::span<const char> bytes) {
  int fd = description_.get();
  ssize_t count;
  if (offset_) return Count(::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(*offset_)));
  if (S_ISSOCK(st_.st_mode)) {
    count = ::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  } else if (S_ISFIFO(st_.st_mode)) {
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    count = ::pwritev2(fd, &part, 1, -1, RWF_NOWAIT);
    if (count < 0 && errno == EOPNOTSUPP) count = ::write(fd, bytes.data(), std::min(bytes.size(), kPipeBuf));
  } else {
    count = ::write(fd, bytes.data(), bytes.size());
  }
  if (count < 0 && errno == EPIPE) ::syscall(SYS_tgkill, call.status().tgid, call.tid(), SIGPIPE);
  return Count(count);
}

ErrnoOr<size_t> CopySide::Write(Call& call, std::span<const char> bytes) {
  ErrnoOr<size_t> count = size_t{0};
  if (object_ && object_->file() != nullptr) {
    UMSDK_RETURN_IF_ERRNO(DropSetId(call, *object_->file()));
    WritePlace place{description_.get(), offset_, appends(), FileSizeLimit(call)};
    count = WriteVirtual(call.view(), *object_->file(), place, bytes);
    bool limited = place.limit != UINT64_MAX;
    if (limited && !count.ok() && count.error() == Errno(EFBIG)) SignalFileSize(call);
  } else if (object_ && object_->trapped_io() != nullptr) {
    count = object_->trapped_io()->Write(description_.get(), offset_, bytes);
  } else {
    count = WriteReal(call, bytes);
  }
  if (count.ok() && offset_) *offset_ += *count;
  return count;
}

bool CopySide::MayCopyTo(const CopySide& to) const {
  if (!object_ || !to.object_) return false;
  if (!object_->node() || !to.object_->node()) return object_->mount() == to.object_->mount();
  const FileSystem &own = object_->node()->fs(), &other = to.object_->node()->fs();
  return &own == &other || (own.CopiesAcross() && other.CopiesAcross());
}

ErrnoOr<size_t> CopySide::CopyWithin(Call& call, CopySide& to, uint64_t size) {
  bool nodes = object_ && to.object_ && object_->node() && to.object_->node();
  if (!nodes || object_->mount() != to.object_->mount()) return Errno(EOPNOTSUPP);
  size = std::min(size, BytesLeft());
  if (size == 0) return Errno(EOPNOTSUPP);
  const uint64_t limit = FileSizeLimit(call);
  ErrnoOr<size_t> count =
      to.object_->file()->CopyFrom(*object_->file(), offset(), to.offset(), size, limit);
  if (!count.ok()) {
    if (limit != UINT64_MAX && count.error() == Errno(EFBIG)) SignalFileSize(call);
    return count;
  }
  Advance(*count);
  to.Advance(*count);
  return count;
}

ErrnoOrOk CopySide::StoreOffset(Call& call) {
  if (!offset_) return {};
  return call.Store(offset_address_, static_cast<int64_t>(*offset_));
}

}  // namespace umsdk
