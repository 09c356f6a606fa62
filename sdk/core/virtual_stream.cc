#include "sdk/core/virtual_stream.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

namespace umsdk {

using Seeking = OpenReply::Seeking;

VirtualStream::VirtualStream(std::shared_ptr<Mount> mount, NodePtr node, std::string path,
                             const OpenReply& reply)
    : OpenObject(std::move(mount), std::move(node), std::move(path)),
      reply_(reply),
      pipe_(std::make_shared<ReadyPipe>()) {}

ErrnoOr<UniqueFd> VirtualStream::Open(int flags) {
  UMSDK_RETURN_IF_ERRNO(pipe_->Make());
  UMSDK_ASSIGN_OR_ERRNO(UniqueFd fd, pipe_->Open(flags));
  flags_ = flags & (O_APPEND | O_NONBLOCK);
  fs().ShowReadiness(id(), reply_.handle, pipe_);
  SetInUse(true);
  return fd;
}

int VirtualStream::TellFlags(int description) {
  const int flags = ::fcntl(description, F_GETFL) & (O_APPEND | O_NONBLOCK);
  if (flags_.exchange(flags) != flags) fs().SetStatusFlags(id(), reply_.handle, flags);
  return flags;
}

// Through the kernel's page cache nothing behind the size is read.
ErrnoOr<size_t> VirtualStream::ReadAt(uint64_t offset, std::span<char> out) {
  if (!reply_.direct_io) {
    UMSDK_ASSIGN_OR_ERRNO(Attr attr, fs().GetDataAttr(id()));
    if (offset >= attr.size) return size_t{0};
    out = out.first(std::min<uint64_t>(out.size(), attr.size - offset));
  }
  return fs().Read(id(), reply_.handle, offset, out);
}

ErrnoOr<size_t> VirtualStream::Read(int description, std::optional<uint64_t>, std::span<char> out) {
  TellFlags(description);
  if (reply_.seeking == Seeking::kStream) return ReadAt(0, out);
  GuestLock lock(mutex_);
  if (!lock.held()) return Errno(EINTR);
  UMSDK_ASSIGN_OR_ERRNO(size_t count, ReadAt(offset_, out));
  offset_ += count;
  return count;
}

ErrnoOr<size_t> VirtualStream::Write(int description, std::optional<uint64_t>,
                                     std::span<const char> bytes) {
  std::optional<uint64_t> end;
  if ((TellFlags(description) & O_APPEND) != 0) {
    UMSDK_ASSIGN_OR_ERRNO(Attr attr, fs().GetAttr(id()));
    end = attr.size;
  }
  if (reply_.seeking == Seeking::kStream)
    return fs().Write(id(), reply_.handle, end.value_or(0), bytes);
  GuestLock lock(mutex_);
  if (!lock.held()) return Errno(EINTR);
  const uint64_t offset = end.value_or(offset_);
  UMSDK_ASSIGN_OR_ERRNO(size_t count, fs().Write(id(), reply_.handle, offset, bytes));
  offset_ = offset + count;
  return count;
}

ErrnoOr<int64_t> VirtualStream::Ioctl(const Caller& caller, uint64_t request, uint64_t argument,
                                      IoctlMemory& memory) {
  return fs().Ioctl(caller, id(), reply_.handle, request, argument, memory);
}

ErrnoOrOk VirtualStream::Fsync(bool data_only) {
  return fs().Fsync(id(), reply_.handle, data_only);
}

bool VirtualStream::Reap() {
  if (released_.exchange(true)) return true;
  (void)fs().Flush(id(), reply_.handle);
  fs().Release(id(), reply_.handle);
  SetInUse(false);
  return true;
}

}  // namespace umsdk
