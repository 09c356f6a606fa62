#include "sdk/core/host_file.h"

#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace umsdk {
namespace {

class RealHostFile final : public HostFile {
 public:
  explicit RealHostFile(UniqueFd fd) : fd_(std::move(fd)) {}

  ErrnoOr<Attr> Stat() override {
    struct stat st;
    if (::fstat(fd_.get(), &st) != 0) return LastErrno();
    return AttrOf(st);
  }
  ErrnoOr<uint64_t> Size() override {
    UMSDK_ASSIGN_OR_ERRNO(Attr attr, Stat());
    uint64_t capacity = 0;
    if (!S_ISBLK(attr.mode)) return attr.size;
    if (::ioctl(fd_.get(), BLKGETSIZE64, &capacity) != 0) return LastErrno();
    return capacity;
  }
  ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) override {
    size_t done = 0;
    while (done < out.size()) {
      ssize_t count = ::pread(fd_.get(), out.data() + done, out.size() - done, At(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && done == 0) return LastErrno();
      if (count <= 0) break;
      done += static_cast<size_t>(count);
    }
    return done;
  }
  ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) override {
    size_t done = 0;
    while (done < bytes.size()) {
      ssize_t count =
          ::pwrite(fd_.get(), bytes.data() + done, bytes.size() - done, At(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && done == 0) return LastErrno();
      if (count <= 0) break;
      done += static_cast<size_t>(count);
    }
    return done;
  }
  ErrnoOrOk Truncate(uint64_t size) override { return Done(::ftruncate(fd_.get(), At(size))); }
  ErrnoOrOk Allocate(int mode, uint64_t offset, uint64_t length) override {
    return Done(::fallocate(fd_.get(), mode, At(offset), At(length)));
  }
  ErrnoOrOk Sync() override { return Done(::fsync(fd_.get())); }
  ErrnoOr<int64_t> Ioctl(uint64_t, uint64_t, IoctlMemory&) override { return Errno(ENOTTY); }

 private:
  // Too large a number becomes negative, which the kernel refuses with EINVAL.
  static off_t At(uint64_t offset) { return static_cast<off_t>(offset); }
  static ErrnoOrOk Done(int result) { return result == 0 ? ErrnoOrOk() : ErrnoOrOk(LastErrno()); }

  const UniqueFd fd_;
};

class VirtualHostFile final : public HostFile {
 public:
  VirtualHostFile(std::shared_ptr<VirtualFile> file, UniqueFd description, const Caller& caller,
                  AccessMode access)
      : file_(std::move(file)),
        description_(std::move(description)),
        caller_(caller),
        access_(access) {}
  ~VirtualHostFile() override {
    description_.Reset();
    file_->Reap();  // at once, so that its mount is free when we return
  }

  ErrnoOr<Attr> Stat() override { return file_->Stat(); }
  ErrnoOr<uint64_t> Size() override {
    UMSDK_ASSIGN_OR_ERRNO(Attr attr, file_->Stat());
    return attr.size;
  }
  ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) override {
    if (!access_.reads) return Errno(EBADF);
    return file_->ReadAt(offset, out);
  }
  ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) override {
    if (!access_.writes) return Errno(EBADF);
    WritePlace place;
    place.position = offset;
    return file_->Write(place, bytes);
  }
  ErrnoOrOk Truncate(uint64_t size) override {
    if (!access_.writes) return Errno(EINVAL);
    if (size > INT64_MAX) return Errno(EINVAL);
    return file_->Truncate(caller_, size);
  }
  ErrnoOrOk Allocate(int mode, uint64_t offset, uint64_t length) override {
    if (!access_.writes) return Errno(EBADF);
    if (length == 0 || offset > INT64_MAX || length > INT64_MAX - offset) return Errno(EINVAL);
    return file_->Fallocate(mode, offset, length);
  }
  ErrnoOrOk Sync() override { return file_->Fsync(false); }
  ErrnoOr<int64_t> Ioctl(uint64_t, uint64_t, IoctlMemory&) override { return Errno(ENOTTY); }

 private:
  const std::shared_ptr<VirtualFile> file_;
  UniqueFd description_;
  const Caller caller_;
  const AccessMode access_;
};

class DeviceHostFile final : public HostFile {
 public:
  DeviceHostFile(std::shared_ptr<VirtualDevice> device, AccessMode access)
      : device_(std::move(device)), access_(access) {}

  ErrnoOr<Attr> Stat() override { return device_->Stat(); }
  ErrnoOr<uint64_t> Size() override { return device_->mount()->device->info().size; }
  ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) override {
    if (!access_.reads) return Errno(EBADF);
    return device_->Read(-1, offset, out);
  }
  ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) override {
    if (!access_.writes) return Errno(EBADF);
    return device_->Write(-1, offset, bytes);
  }
  ErrnoOrOk Truncate(uint64_t) override { return Errno(EINVAL); }
  // As the kernel's loop driver: a device that can discard does it with an ioctl.
  ErrnoOrOk Allocate(int mode, uint64_t offset, uint64_t length) override {
    if (!access_.writes) return Errno(EBADF);
    if ((mode & FALLOC_FL_PUNCH_HOLE) == 0) return Errno(EOPNOTSUPP);
    IoctlArgument<std::array<uint64_t, 2>> range({offset, length});
    ErrnoOr<int64_t> done = device_->Ioctl(Caller(), BLKDISCARD, range.address(), range);
    if (done.ok()) return {};
    return done.error() == Errno(ENOTTY) ? Errno(EOPNOTSUPP) : done.error();
  }
  ErrnoOrOk Sync() override { return device_->Fsync(false); }
  ErrnoOr<int64_t> Ioctl(uint64_t request, uint64_t argument, IoctlMemory& memory) override {
    return device_->Ioctl(Caller(), request, argument, memory);
  }

 private:
  const std::shared_ptr<VirtualDevice> device_;
  const AccessMode access_;
};

}  // namespace

Attr AttrOf(const struct stat& st) {
  Attr attr;
  attr.ino = st.st_ino;
  attr.mode = st.st_mode;
  attr.nlink = st.st_nlink;
  attr.uid = st.st_uid;
  attr.gid = st.st_gid;
  attr.rdev = st.st_rdev;
  attr.size = static_cast<uint64_t>(st.st_size);
  attr.blocks = static_cast<uint64_t>(st.st_blocks);
  attr.blksize = static_cast<uint32_t>(st.st_blksize);
  attr.atime = st.st_atim;
  attr.mtime = st.st_mtim;
  attr.ctime = st.st_ctim;
  return attr;
}

std::unique_ptr<HostFile> MakeRealHostFile(UniqueFd fd) {
  return std::make_unique<RealHostFile>(std::move(fd));
}

std::unique_ptr<HostFile> MakeVirtualHostFile(std::shared_ptr<VirtualFile> file,
                                              UniqueFd description, const Caller& caller,
                                              AccessMode access) {
  return std::make_unique<VirtualHostFile>(std::move(file), std::move(description), caller, access);
}

std::unique_ptr<HostFile> MakeDeviceHostFile(std::shared_ptr<VirtualDevice> device,
                                             AccessMode access) {
  return std::make_unique<DeviceHostFile>(std::move(device), access);
}

}  // namespace umsdk
