#include "sdk/core/locked_file.h"

#include <unistd.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace umsdk {

ErrnoOr<LockedFile> TakeLocked(Call& call, std::shared_ptr<OpenObject> object) {
  LockedFile locked{std::move(object), {}, O_RDONLY, 0};
  UMSDK_ASSIGN_OR_ERRNO(locked.description, call.trap().TakeFd(call.int_arg(0)));
  locked.mode = ::fcntl(locked.description.get(), F_GETFL) & O_ACCMODE;
  UMSDK_ASSIGN_OR_ERRNO(locked.handle, locked.file().Handle(locked.mode != O_RDONLY));
  return locked;
}

// flock64_to_posix_lock() of fs/locks.c.
ErrnoOr<FileLock> ToFileLock(const struct flock& from, const LockedFile& locked) {
  int64_t base = 0;
  if (from.l_whence == SEEK_CUR) {
    base = ::lseek(locked.description.get(), 0, SEEK_CUR);
  } else if (from.l_whence == SEEK_END) {
    UMSDK_ASSIGN_OR_ERRNO(Attr attr, locked.object->Stat());
    base = static_cast<int64_t>(attr.size);
  } else if (from.l_whence != SEEK_SET) {
    return Errno(EINVAL);
  }
  if (from.l_type != F_RDLCK && from.l_type != F_WRLCK && from.l_type != F_UNLCK) return Errno(EINVAL);
  int64_t start = 0, end = INT64_MAX;
  if (__builtin_add_overflow(base, from.l_start, &start)) return Errno(EOVERFLOW);
  if (from.l_len > 0 && __builtin_add_overflow(start, from.l_len - 1, &end)) return Errno(EOVERFLOW);
  if (from.l_len < 0) {
    end = start - 1;
    if (__builtin_add_overflow(start, from.l_len, &start)) return Errno(EINVAL);
  }
  if (start < 0 || end < 0) return Errno(EINVAL);
  FileLock lock;
  lock.type = from.l_type;
  lock.start = static_cast<uint64_t>(start);
  lock.end = static_cast<uint64_t>(end);
  return lock;
}

struct flock ToNative(const FileLock& lock) {
  struct flock native = {};
  native.l_type = lock.type;
  native.l_whence = SEEK_SET;
  native.l_start = static_cast<int64_t>(lock.start);
  native.l_len = lock.end == INT64_MAX ? 0 : static_cast<int64_t>(lock.end - lock.start + 1);
  return native;
}

FileLock FromNative(const struct flock& native) {
  FileLock lock;
  lock.type = native.l_type;
  lock.start = static_cast<uint64_t>(native.l_start);
  if (native.l_len != 0) lock.end = lock.start + static_cast<uint64_t>(native.l_len) - 1;
  return lock;
}

void TellFound(const FileLock& found, struct flock& out) {
  if (found.type == F_UNLCK) {
    out.l_type = F_UNLCK;
  } else {
    out = ToNative(found);
    out.l_pid = found.pid;
  }
}

bool LockPause::Wait() {
  constexpr std::chrono::milliseconds kLongest(20);
  call_.trap().WillBlock();
  if (call_.trap().Interrupted() || !call_.trap().StillThere()) return false;
  std::this_thread::sleep_for(tick_);
  tick_ = std::min(2 * tick_, kLongest);
  return true;
}

}  // namespace umsdk
