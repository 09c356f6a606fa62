// LockedFile: one call's file whose file system keeps its locks too, and what fcntl(2) asks for on it.
#ifndef SDK_CORE_LOCKED_FILE_H_
#define SDK_CORE_LOCKED_FILE_H_

#include <fcntl.h>

#include <chrono>
#include <memory>

#include "sdk/core/call.h"
#include "sdk/core/virtual_file.h"

namespace umsdk {

// As its file system names it.
struct LockedFile {
  std::shared_ptr<OpenObject> object;
  UniqueFd description;  // a duplicate of the guest's
  int mode = O_RDONLY;   // of the description
  FileHandle handle = 0;
  VirtualFile& file() const { return *object->file(); }
  FileSystem& fs() const { return object->node()->fs(); }
  NodeId node() const { return object->node()->id(); }
  void Settle() const { file().locks().Settle(file().key(), fs(), node(), handle); }
};

ErrnoOr<LockedFile> TakeLocked(Call& call, std::shared_ptr<OpenObject> object);

// What the guest's struct flock says. EINVAL, EOVERFLOW; EBADF for a description of the wrong mode.
ErrnoOr<FileLock> ToFileLock(const struct flock& from, const LockedFile& locked);
// The same lock of nobody's in particular, as F_OFD_SETLK wants it, and back.
struct flock ToNative(const FileLock& lock);
FileLock FromNative(const struct flock& native);
// A lock in the way, or F_UNLCK, as F_GETLK tells it; nothing else of `out` changes for F_UNLCK.
void TellFound(const FileLock& found, struct flock& out);

// For a lock that another guest has. False: the guest is interrupted or dies.
class LockPause {
 public:
  explicit LockPause(Call& call) : call_(call) {}
  bool Wait();

 private:
  Call& call_;
  std::chrono::milliseconds tick_{1};
};

// F_OFD_SETLK, F_OFD_SETLKW, F_OFD_GETLK.
Verdict SetDescriptionLock(Call& call, const LockedFile& locked, FileLock lock, bool wait);
Verdict GetDescriptionLock(Call& call, const LockedFile& locked, struct flock guest, const FileLock& lock);
Verdict Flock(Call& call, const LockedFile& locked, int operation);

}  // namespace umsdk

#endif  // SDK_CORE_LOCKED_FILE_H_
