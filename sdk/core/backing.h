// Backing: where the bytes of a virtual regular file come from.
#ifndef SDK_CORE_BACKING_H_
#define SDK_CORE_BACKING_H_

#include <memory>
#include <span>

#include "sdk/core/mount.h"
#include "umsdk/file.h"

namespace umsdk {

// Calls are serialized by the VirtualFile that owns it.
class Backing {
 public:
  virtual ~Backing() = default;
  // A guest opens with the access mode of `flags`. The handle of the reply stays the backing's, unless
  // it is not Seeking::kFree: then it is Adopt's or the caller's to release.
  virtual ErrnoOr<OpenReply> Open(const Caller& caller, int flags) = 0;
  // The same, for an open that the file system has carried out already.
  virtual void Adopt(const OpenReply& reply, int flags) = 0;
  virtual ErrnoOr<Attr> Stat() = 0;
  // The same for a read: size and mtime.
  virtual ErrnoOr<Attr> DataStat() { return Stat(); }
  virtual ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) = 0;
  virtual ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) = 0;
  virtual ErrnoOrOk Truncate(const Caller& caller, uint64_t size) = 0;
  virtual ErrnoOrOk Fallocate(int mode, uint64_t offset, uint64_t length) = 0;
  virtual ErrnoOr<uint64_t> Seek(uint64_t offset, int whence) = 0;
  virtual ErrnoOrOk Fsync(bool data_only) = 0;
  // One of its open files, for what it has no method for.
  virtual ErrnoOr<FileHandle> Handle(bool writable) {
    (void)writable;
    return Errno(ENOTTY);
  }
  // The last open is gone: flushes and releases.
  virtual ErrnoOrOk Close() = 0;
};

// A node of a FileSystem.
std::unique_ptr<Backing> MakeNodeBacking(NodePtr node);
// A File that a service handed out.
std::unique_ptr<Backing> MakeFileBacking(std::unique_ptr<File> file);

}  // namespace umsdk

#endif  // SDK_CORE_BACKING_H_
