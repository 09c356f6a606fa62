#include "sdk/core/virtual_device.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <utility>

namespace umsdk {

Attr DeviceAttr(const DeviceInfo& info) {
  Attr attr;
  attr.mode = (info.block ? S_IFBLK : S_IFCHR) | (info.mode & 07777);
  attr.nlink = info.links;
  attr.uid = info.uid;
  attr.gid = info.gid;
  attr.rdev = ::makedev(info.major, info.minor);
  attr.atime = attr.mtime = attr.ctime = info.time;
  return attr;
}

VirtualDevice::VirtualDevice(std::shared_ptr<Mount> mount, std::string path,
                             std::unique_ptr<DeviceFile> file)
    : OpenObject(mount, nullptr, std::move(path)), info_(mount->device->info()), file_(std::move(file)) {}

ErrnoOr<UniqueFd> VirtualDevice::Open(int flags) {
  struct stat st;
  memfd_.Reset(::memfd_create("device", MFD_CLOEXEC));
  if (!memfd_.valid() || ::fstat(memfd_.get(), &st) != 0) return Errno(ENFILE);
  if (info_.seekable && ::ftruncate(memfd_.get(), static_cast<off_t>(info_.size)) != 0) return Errno(ENOMEM);
  key_ = {st.st_dev, st.st_ino};
  std::string self = "/proc/self/fd/" + std::to_string(memfd_.get());
  UniqueFd fd(::open(self.c_str(), (flags & (O_ACCMODE | O_NONBLOCK | O_SYNC)) | O_CLOEXEC));
  if (!fd.valid()) return Errno(ENFILE);
  SetInUse(true);
  return fd;
}

uint64_t VirtualDevice::Offset(int description, const std::optional<uint64_t>& position) const {
  if (!info_.seekable) return 0;
  if (position.has_value()) return *position;
  off_t offset = ::lseek(description, 0, SEEK_CUR);
  return offset < 0 ? 0 : static_cast<uint64_t>(offset);
}

void VirtualDevice::Advance(int description, const std::optional<uint64_t>& position, uint64_t to) const {
  if (info_.seekable && !position.has_value()) ::lseek(description, static_cast<off_t>(to), SEEK_SET);
}

ErrnoOr<size_t> VirtualDevice::Read(int description, std::optional<uint64_t> position, std::span<char> out) {
  MutexLock lock(mutex_);
  if (!file_) return Errno(EIO);
  uint64_t offset = Offset(description, position);
  UMSDK_ASSIGN_OR_ERRNO(size_t count, file_->Read(offset, out));
  Advance(description, position, offset + count);
  return count;
}

ErrnoOr<size_t> VirtualDevice::Write(int description, std::optional<uint64_t> position,
                                     std::span<const char> bytes) {
  MutexLock lock(mutex_);
  if (!file_) return Errno(EIO);
  uint64_t offset = Offset(description, position);
  UMSDK_ASSIGN_OR_ERRNO(size_t count, file_->Write(offset, bytes));
  Advance(description, position, offset + count);
  return count;
}

ErrnoOr<int64_t> VirtualDevice::Ioctl(const Caller&, uint64_t request, uint64_t argument,
                                      IoctlMemory& memory) {
  MutexLock lock(mutex_);
  if (!file_) return Errno(EIO);
  return file_->Ioctl(request, argument, memory);
}

ErrnoOrOk VirtualDevice::Fsync(bool) {
  MutexLock lock(mutex_);
  return file_ ? file_->Fsync() : ErrnoOrOk(Errno(EIO));
}

ErrnoOr<int64_t> VirtualDevice::Seek(int description, int64_t offset, int whence) {
  if (!info_.block || !info_.seekable) return TrappedIo::Seek(description, offset, whence);
  if (whence < SEEK_SET || whence > SEEK_END) return Errno(EINVAL);
  MutexLock lock(mutex_);
  const auto size = static_cast<int64_t>(mount()->device->info().size);
  const int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_END ? size : ::lseek(description, 0, SEEK_CUR);
  if (base < 0 || offset < -base || offset > size - base) return Errno(EINVAL);
  return TrappedIo::Seek(description, base + offset, SEEK_SET);
}

ErrnoOrOk VirtualDevice::Fallocate(int mode, uint64_t offset, uint64_t length) {
  if (!info_.block) return Errno(ENODEV);
  MutexLock lock(mutex_);
  return file_ ? file_->Fallocate(mode, offset, length) : ErrnoOrOk(Errno(EIO));
}

void VirtualDevice::FollowSize() {
  if (info_.seekable) (void)!::ftruncate(memfd_.get(), static_cast<off_t>(mount()->device->info().size));
}

bool VirtualDevice::Reap() {
  MutexLock lock(mutex_);
  // Our own memfd descriptor is not a guest's; its close comes last and is not waited for.
  file_.reset();
  SetInUse(false);
  return true;
}

}  // namespace umsdk
