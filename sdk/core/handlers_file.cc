// lseek (data, holes), ftruncate, fallocate, fsync, sync, mmap, msync.
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sdk/core/handlers.h"
#include "sdk/core/set_id.h"
#include "sdk/core/transfer.h"
#include "sdk/core/trapped_io.h"
#include "sdk/core/virtual_file.h"
#include "sdk/core/with_room.h"

namespace umsdk {

namespace {

// fallocate(2) of what is no file; in the kernel's order (vfs_fallocate).
Verdict FallocateDevice(Call& call, TrappedIo& device, int mode, int64_t offset, int64_t length) {
  constexpr int kKnown = FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_ZERO_RANGE |
                         FALLOC_FL_INSERT_RANGE | FALLOC_FL_UNSHARE_RANGE;
  if ((mode & ~kKnown) != 0) return Verdict::Fail(Errno(EOPNOTSUPP));
  if (!OpenForWriting(call, call.int_arg(0))) return Verdict::Fail(Errno(EBADF));
  if (offset > INT64_MAX - length) return Verdict::Fail(Errno(EFBIG));
  return ToVerdict(device.Fallocate(mode, static_cast<uint64_t>(offset), static_cast<uint64_t>(length)));
}

}  // namespace

// Only SEEK_DATA and SEEK_HOLE are trapped, as the memfd does not know the file's holes, and offsets but 0,
// as it does not know where a disk ends.
Verdict HandleLseek(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  int whence = call.int_arg(2);
  if (object && object->path_only()) return Verdict::Fail(Errno(EBADF));
  if (TrappedIo* device = object ? object->trapped_io() : nullptr) {
    call.MarkHandled();
    UMSDK_ASSIGN_OR_VERDICT(UniqueFd description, call.trap().TakeFd(call.int_arg(0)));
    UMSDK_ASSIGN_OR_VERDICT(int64_t found,
                            device->Seek(description.get(), static_cast<int64_t>(call.arg(1)), whence));
    return Verdict::Return(found);
  }
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
  const bool stream = object->trapped_io() != nullptr && object->node();
  if (object->file() == nullptr && !stream) return Verdict::Fail(Errno(EINVAL));
  if (!OpenForWriting(call, call.int_arg(0))) return Verdict::Fail(Errno(EINVAL));
  UMSDK_ASSIGN_OR_VERDICT(Attr attr, object->Stat());
  UMSDK_VERDICT_IF_ERRNO(CheckNewSize(call, attr.size, static_cast<uint64_t>(size)));
  if (stream) {
    SetAttrRequest change;
    change.size = static_cast<uint64_t>(size);
    UMSDK_VERDICT_IF_ERRNO(object->node()->fs().SetAttr(call.caller(), object->node()->id(), change));
    return Verdict::Return(0);
  }
  UMSDK_VERDICT_IF_ERRNO(DropSetId(call, *object->file()));
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
  if (TrappedIo* device = object->trapped_io()) return FallocateDevice(call, *device, mode, offset, length);
  if (!OpenForWriting(call, call.int_arg(0))) return Verdict::Fail(Errno(EBADF));
  if (object->file() == nullptr) return Verdict::Fail(Errno(ENODEV));
  if (offset > INT64_MAX - length) return Verdict::Fail(Errno(EFBIG));
  if ((mode & FALLOC_FL_PUNCH_HOLE) == 0) {
    UMSDK_ASSIGN_OR_VERDICT(Attr attr, object->Stat());
    UMSDK_VERDICT_IF_ERRNO(CheckNewSize(call, attr.size, static_cast<uint64_t>(offset + length)));
  }
  UMSDK_VERDICT_IF_ERRNO(DropSetId(call, *object->file()));
  return ToVerdict(WithSpace(call.view(), [&] {
    return object->file()->Fallocate(mode, static_cast<uint64_t>(offset), static_cast<uint64_t>(length));
  }));
}

Verdict HandleFsync(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  if (!object) return Verdict::Continue();
  call.MarkHandled();
  if (object->path_only()) return Verdict::Fail(Errno(EBADF));
  if (TrappedIo* device = object->trapped_io()) {
    return ToVerdict(device->Fsync(call.trap().number() == SYS_fdatasync));
  }
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
  if (file == nullptr) return Verdict::Fail(Errno(object->trapped_io() != nullptr && !object->node() ? EACCES : ENODEV));
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

}  // namespace umsdk
