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
#include "umsdk/native_file.h"
#include "sdk/core/with_room.h"

namespace umsdk {
namespace {

// True when the guest's descriptor was opened for writing.
bool OpenForWriting(Call& call, int fd) {
  ErrnoOr<UniqueFd> description = call.trap().TakeFd(fd);
  if (!description.ok()) return false;
  int flags = ::fcntl(description->get(), F_GETFL);
  int mode = flags & O_ACCMODE;
  return flags >= 0 && (flags & O_PATH) == 0 && (mode == O_WRONLY || mode == O_RDWR);
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
  if (static_cast<int64_t>(call.arg(1)) < 0) return Verdict::Fail(Errno(EINVAL));
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  if (!object) return Verdict::Continue();
  call.MarkHandled();
  if (object->path_only()) return Verdict::Fail(Errno(EBADF));
  auto size = static_cast<int64_t>(call.arg(1));
  if (object->file() == nullptr) return Verdict::Fail(Errno(EINVAL));
  if (!OpenForWriting(call, call.int_arg(0))) return Verdict::Fail(Errno(EINVAL));
  UMSDK_ASSIGN_OR_VERDICT(Attr attr, object->Stat());
  UMSDK_VERDICT_IF_ERRNO(CheckNewSize(call, attr.size, static_cast<uint64_t>(size)));
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
  if ((mode & FALLOC_FL_PUNCH_HOLE) == 0) {
    UMSDK_ASSIGN_OR_VERDICT(Attr attr, object->Stat());
    UMSDK_VERDICT_IF_ERRNO(CheckNewSize(call, attr.size, static_cast<uint64_t>(offset + length)));
  }
  return ToVerdict(WithSpace(call.view(), [&] {
    return object->file()->Fallocate(mode, static_cast<uint64_t>(offset), static_cast<uint64_t>(length));
  }));
}

Verdict HandleFsync(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  if (!object) return Verdict::Continue();
  call.MarkHandled();
  if (object->path_only()) return Verdict::Fail(Errno(EBADF));
  if (VirtualDevice* device = object->device()) return ToVerdict(device->Fsync());
  VirtualFile* file = object->file();
  if (file == nullptr && object->dir() != nullptr && object->node()) {
    return ToVerdict(object->node()->fs().FsyncDir(object->node()->id(), call.trap().number() == SYS_fdatasync));
  }
  if (file == nullptr) return Verdict::Return(0);
  UMSDK_VERDICT_IF_ERRNO(file->TakeLateError());
  return ToVerdict(file->Fsync(call.trap().number() == SYS_fdatasync));
}

Verdict HandleSyncfs(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  return object && object->path_only() ? Verdict::Fail(Errno(EBADF)) : HandleSync(call);
}

// Calls that the kernel's own object answers well, but for O_PATH descriptors of ours.
Verdict HandleOfOpenFiles(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  return object && object->path_only() ? Verdict::Fail(Errno(EBADF)) : Verdict::Continue();
}

Verdict HandleSync(Call& call) {
  call.view().objects().WriteBackAll();
  for (const auto& mount : call.layer().mounts().List()) {
    if (mount->fs) (void)mount->fs->Sync();
  }
  return Verdict::Continue();
}

Verdict HandleMmap(Call& call) {
  if ((call.int_arg(3) & MAP_ANONYMOUS) != 0) return Verdict::Continue();
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
  UMSDK_VERDICT_IF_ERRNO(
      WithRoom(call.view(), Errno(ENODEV), [&] { return file->Map(call.arg(5), call.arg(1), writable); }));
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
  if (object->path_only()) return Verdict::Fail(Errno(EBADF));
  // Of the descriptor, or of what the kernel's own object has as well: offset and size.
  bool plain = request == FIONREAD || request == FIGETBSZ || request == FIOQSIZE || request == FIOASYNC;
  bool carried = plain && object->device() == nullptr && !object->native();
  if (request == FIOCLEX || request == FIONCLEX || request == FIONBIO || carried) return Verdict::Continue();
  call.MarkHandled();
  VirtualDevice* device = object->device();
  std::shared_ptr<NativeFile> native = object->native();
  if (device == nullptr && !native) return Verdict::Fail(Errno(ENOTTY));
  // What guests closed of its parts must be released before it may find them busy.
  if (object->mount() && object->mount()->parts) call.view().objects().Settle();
  GuestIoctlMemory memory(call);
  UMSDK_ASSIGN_OR_VERDICT(int64_t result, native ? native->Ioctl(call.caller(), request, call.arg(2), memory)
                                                 : device->Ioctl(request, call.arg(2), memory));
  return Verdict::Return(result);
}

}  // namespace umsdk
