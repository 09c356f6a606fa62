// lseek (data, holes), ftruncate, fallocate, fsync, sync, mmap, msync, ioctl.
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sdk/core/handlers.h"
#include "sdk/core/transfer.h"
#include "sdk/core/virtual_device.h"
#include "sdk/core/virtual_file.h"

namespace umsdk {
namespace {

// True when the guest's descriptor was opened for writing.
bool OpenForWriting(Call& call, int fd) {
  ErrnoOr<UniqueFd> description = call.trap().TakeFd(fd);
  if (!description.ok()) return false;
  int flags = ::fcntl(description->get(), F_GETFL);
  return flags >= 0 && (flags & O_PATH) == 0 && (flags & O_ACCMODE) != O_RDONLY;
}

class GuestIoctlMemory final : public IoctlMemory {
 public:
  explicit GuestIoctlMemory(Call& call) : call_(call) {}
  ErrnoOrOk Read(uint64_t address, std::span<char> out) override {
    return call_.Get(address, out.data(), out.size());
  }
  ErrnoOrOk Write(uint64_t address, std::span<const char> bytes) override {
    return call_.Put(address, bytes.data(), bytes.size());
  }

 private:
  Call& call_;
};

}  // namespace

// Only SEEK_DATA and SEEK_HOLE are trapped: the memfd does not know the file's holes.
Verdict HandleLseek(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  int whence = call.int_arg(2);
  if (!object || object->file() == nullptr || (whence != SEEK_DATA && whence != SEEK_HOLE)) {
    return Verdict::Continue();
  }
  call.MarkHandled();
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd description, call.trap().TakeFd(call.int_arg(0)));
  if (static_cast<int64_t>(call.arg(1)) < 0) return Verdict::Fail(Errno(ENXIO));
  UMSDK_ASSIGN_OR_VERDICT(uint64_t found, object->file()->Seek(call.arg(1), whence));
  if (::lseek(description.get(), static_cast<off_t>(found), SEEK_SET) < 0) return Verdict::Fail(LastErrno());
  return Verdict::Return(static_cast<int64_t>(found));
}

Verdict HandleFtruncate(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  if (!object) return Verdict::Continue();
  call.MarkHandled();
  if (object->path_only()) return Verdict::Fail(Errno(EBADF));
  auto size = static_cast<int64_t>(call.arg(1));
  if (size < 0 || object->file() == nullptr) return Verdict::Fail(Errno(EINVAL));
  if (!OpenForWriting(call, call.int_arg(0))) return Verdict::Fail(Errno(EINVAL));
  if (static_cast<uint64_t>(size) > FileSizeLimit(call)) {
    SignalFileSize(call);
    return Verdict::Fail(Errno(EFBIG));
  }
  return ToVerdict(object->file()->Truncate(call.caller(), static_cast<uint64_t>(size)));
}

Verdict HandleFallocate(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  if (!object) return Verdict::Continue();
  call.MarkHandled();
  if (object->path_only()) return Verdict::Fail(Errno(EBADF));
  int mode = call.int_arg(1);
  auto offset = static_cast<int64_t>(call.arg(2));
  auto length = static_cast<int64_t>(call.arg(3));
  if (offset < 0 || length <= 0) return Verdict::Fail(Errno(EINVAL));
  if (!OpenForWriting(call, call.int_arg(0))) return Verdict::Fail(Errno(EBADF));
  if (object->file() == nullptr) return Verdict::Fail(Errno(ENODEV));
  if (offset > INT64_MAX - length) return Verdict::Fail(Errno(EFBIG));
  if ((mode & FALLOC_FL_KEEP_SIZE) == 0 && static_cast<uint64_t>(offset + length) > FileSizeLimit(call)) {
    SignalFileSize(call);
    return Verdict::Fail(Errno(EFBIG));
  }
  return ToVerdict(object->file()->Fallocate(mode, static_cast<uint64_t>(offset), static_cast<uint64_t>(length)));
}

Verdict HandleFsync(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  if (!object) return Verdict::Continue();
  call.MarkHandled();
  if (object->path_only()) return Verdict::Fail(Errno(EBADF));
  if (VirtualDevice* device = object->device()) return ToVerdict(device->Fsync());
  VirtualFile* file = object->file();
  if (file == nullptr) return Verdict::Return(0);
  UMSDK_VERDICT_IF_ERRNO(file->TakeLateError());
  return ToVerdict(file->Fsync(call.trap().number() == SYS_fdatasync));
}

Verdict HandleSync(Call& call) {
  call.view().objects().WriteBackAll();
  for (const auto& mount : call.view().mounts().List()) {
    if (mount->fs) (void)mount->fs->Sync();
  }
  return Verdict::Continue();
}

Verdict HandleMmap(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(4));
  if (!object) return Verdict::Continue();
  call.MarkHandled();
  if (object->path_only()) return Verdict::Fail(Errno(EBADF));
  VirtualFile* file = object->file();
  if (file == nullptr) return Verdict::Fail(Errno(object->device() != nullptr ? EACCES : ENODEV));
  // mprotect may add PROT_WRITE later: what counts is how the descriptor was opened.
  int type = call.int_arg(3) & MAP_TYPE;
  bool shared = type == MAP_SHARED || type == MAP_SHARED_VALIDATE;
  bool writable = shared && OpenForWriting(call, call.int_arg(4));
  UMSDK_VERDICT_IF_ERRNO(file->Map(call.arg(5), call.arg(1), writable));
  return Verdict::Continue();
}

// Which mapping is meant is not worth finding out: all that may be dirty is written back.
Verdict HandleMsync(Call& call) {
  if ((call.int_arg(2) & MS_SYNC) != 0) call.view().objects().WriteBackAll();
  return Verdict::Continue();
}

Verdict HandleIoctl(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  if (!object) return Verdict::Continue();
  uint64_t request = static_cast<unsigned>(call.arg(1));
  // Of the descriptor, not of the file.
  if (request == FIOCLEX || request == FIONCLEX || request == FIONBIO) {
    return Verdict::Continue();
  }
  call.MarkHandled();
  if (object->path_only()) return Verdict::Fail(Errno(EBADF));
  VirtualDevice* device = object->device();
  if (device == nullptr) return Verdict::Fail(Errno(ENOTTY));
  GuestIoctlMemory memory(call);
  UMSDK_ASSIGN_OR_VERDICT(int64_t result, device->Ioctl(request, call.arg(2), memory));
  return Verdict::Return(result);
}

}  // namespace umsdk
