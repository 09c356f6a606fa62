// CopySide: one side of sendfile, splice, copy_file_range: a virtual file or device, or a real open
// file description of the guest's.
#ifndef SDK_CORE_COPY_SIDE_H_
#define SDK_CORE_COPY_SIDE_H_

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <memory>
#include <optional>
#include <span>

#include "sdk/core/call.h"
#include "sdk/core/open_object.h"

namespace umsdk {

// For one call on one thread.
class CopySide {
 public:
  // `offset_address`: of the guest's off_t, or 0 for the description's own offset. EBADF when the
  // descriptor's access mode is `forbidden_mode`.
  // EISDIR of a directory that it allows, for copy_file_range(2) (`dir_errno`); EINVAL for the others.
  static ErrnoOr<CopySide> Make(Call& call, int fd, uint64_t offset_address, int forbidden_mode,
                                Errno dir_errno);

  bool is_pipe() const { return !object_ && S_ISFIFO(st_.st_mode); }
  bool is_stream() const { return is_pipe() || (!object_ && (S_ISSOCK(st_.st_mode) || S_ISCHR(st_.st_mode))); }
  bool is_regular() const { return object_ ? object_->file() != nullptr : S_ISREG(st_.st_mode); }
  // It can be read at any offset.
  bool seekable() const;
  bool appends() const { return (flags_ & O_APPEND) != 0; }
  bool nonblocking() const { return (flags_ & O_NONBLOCK) != 0; }
  bool SameFileAs(const CopySide& other) const {
    return st_.st_dev == other.st_.st_dev && st_.st_ino == other.st_.st_ino;
  }
  // Where the copy begins, or has come to. Streams: 0.
  uint64_t offset() const;
  // From there to the end of a regular file.
  uint64_t BytesLeft() const;
  // The most that a write takes without waiting for long.
  uint64_t AtOnce() const;

  // A real pipe, socket or terminal may be empty or full. Waits if `patient`, and gives way to the
  // guest's signals.
  ErrnoOrOk Await(Call& call, short events, bool patient);
  // Does not advance what has an offset: what was read may not find room on the other side.
  ErrnoOr<size_t> Read(std::span<char> out);
  // After `count` bytes read found room.
  void Advance(size_t count);
  ErrnoOr<size_t> Write(Call& call, std::span<const char> bytes);
  // The kernel would copy: both lie on one file system, or on two that can do it.
  bool MayCopyTo(const CopySide& to) const;
  // Both are files of one mount, whose file system copied: how many bytes. EOPNOTSUPP: it cannot.
  ErrnoOr<size_t> CopyWithin(Call& call, CopySide& to, uint64_t size);
  // Tells the guest's off_t.
  ErrnoOrOk StoreOffset(Call& call);

 private:
  bool real_seekable() const { return !object_ && (S_ISREG(st_.st_mode) || S_ISBLK(st_.st_mode)); }
  ErrnoOr<size_t> ReadReal(std::span<char> out);
  ErrnoOr<size_t> WriteReal(Call& call, std::span<const char> bytes);

  std::shared_ptr<OpenObject> object_;
  UniqueFd description_;
  struct stat st_ = {};
  int flags_ = 0;
  uint64_t offset_address_ = 0;
  std::optional<uint64_t> offset_;  // the value at offset_address_
};

}  // namespace umsdk

#endif  // SDK_CORE_COPY_SIDE_H_
