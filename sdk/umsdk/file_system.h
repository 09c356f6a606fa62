// FileSystem: a tree of nodes that a service supplies. The SDK turns it into files that behave like
// the kernel's: descriptors, caching, permissions, listings, mmap, exec come from sdk/core.
//
// Thread-safety: every method may be called from several threads at once.
// Errors: an Errno goes to the guest as it is. Only GetAttr and Lookup must be implemented; what a
// file system does not have answers as the kernel would for one that lacks it.
// The calls and their meaning follow the kernel's inode_operations and FUSE's low-level protocol.
#ifndef UMSDK_FILE_SYSTEM_H_
#define UMSDK_FILE_SYSTEM_H_

#include <limits.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <time.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/base/errno.h"
#include "umsdk/file_types.h"

namespace umsdk {

class IoctlMemory;  // umsdk/device.h

// Lets a file system whose contents change behind the SDK's back say so. Thread-safe; calls nothing of
// the file system before it returns.
class CacheControl {
 public:
  virtual ~CacheControl() = default;
  // What was read of the node's data is to be read again at the next use.
  virtual void DropData(NodeId node) = 0;
};

// Shows a guest that polls an open file what is possible without waiting. Thread-safe; calls nothing of
// the file system.
class Readiness {
 public:
  virtual ~Readiness() = default;
  // `events`: of poll(2). `news`: something has happened, though they may be the same as before.
  virtual void Show(unsigned events, bool news) = 0;
};

// What goes on when a file system is destroyed: a process of it may have to write still. It outlives
// the file system, and goes on whether somebody waits or not. Thread-safe.
class FileSystemEnd {
 public:
  virtual ~FileSystemEnd() = default;
  // Waits until it is over, for as long as it makes progress. Returns at once when the file system is
  // not destroyed yet. EINTR: the guest that waits is interrupted. EIO: given up, bytes may be lost.
  virtual ErrnoOrOk Await() = 0;
  // A process of the view, which will not be ended for it by the file system, is at work for it now:
  // it should not be killed.
  virtual bool Working() = 0;
  // The process of the view that serves the file system, unless that has started it; 0: there is none.
  virtual pid_t Process() { return 0; }
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // ---- names ----
  // The bytes of a name at most; longer ones are ENAMETOOLONG.
  virtual size_t NameMax() const { return NAME_MAX; }
  virtual ErrnoOr<Entry> Lookup(const Caller& caller, NodeId parent, std::string_view name) = 0;
  // The same where it can be told without knowing who asks, which takes the SDK a system call to find
  // out. nullopt: Lookup is to be asked.
  virtual std::optional<ErrnoOr<Entry>> LookupForAnybody(NodeId parent, std::string_view name) {
    (void)parent, (void)name;
    return std::nullopt;
  }
  // `count` lookups' worth of references to `node` are dropped; at zero its id may be reused.
  virtual void Forget(NodeId node, uint64_t count) {
    (void)node, (void)count;
  }
  virtual ErrnoOr<Attr> GetAttr(NodeId node) = 0;
  // The same for a read: size and mtime must be right, the rest may be old.
  virtual ErrnoOr<Attr> GetDataAttr(NodeId node) { return GetAttr(node); }
  // For statx(2), when Attr tells none; nullopt: not known.
  virtual std::optional<timespec> BirthTime(NodeId) { return std::nullopt; }
  virtual ErrnoOr<Attr> SetAttr(const Caller&, NodeId, const SetAttrRequest&) { return Errno(EROFS); }
  virtual ErrnoOr<std::string> ReadLink(NodeId) { return Errno(EINVAL); }

  // `mode` has the type bits: S_IFREG (open with O_CREAT comes here too), S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK.
  virtual ErrnoOr<Entry> MakeNode(const Caller&, NodeId /*parent*/, std::string_view /*name*/,
                                  mode_t /*mode*/, dev_t /*rdev*/) {
    return Errno(EROFS);
  }
  // open(2) with O_CREAT of a name that is not there, in one step. ENOSYS: MakeNode, then Open.
  virtual ErrnoOr<Created> Create(const Caller&, NodeId /*parent*/, std::string_view /*name*/, mode_t,
                                  int /*flags*/) {
    return Errno(ENOSYS);
  }
  virtual ErrnoOr<Entry> MakeDir(const Caller&, NodeId, std::string_view, mode_t) {
    return Errno(EROFS);
  }
  virtual ErrnoOr<Entry> Symlink(const Caller&, NodeId /*parent*/, std::string_view /*name*/,
                                 std::string_view /*target*/) {
    return Errno(EROFS);
  }
  virtual ErrnoOr<Entry> Link(const Caller&, NodeId /*node*/, NodeId /*new_parent*/,
                              std::string_view /*new_name*/) {
    return Errno(EROFS);
  }
  // A nameless regular file in the directory (O_TMPFILE); Link may give it a name.
  virtual ErrnoOr<Entry> TmpFile(const Caller&, NodeId /*dir*/, mode_t) { return Errno(EOPNOTSUPP); }
  // The same, open with `flags` of open(2), in one step. ENOSYS: TmpFile, then Open.
  virtual ErrnoOr<Created> CreateTmpFile(const Caller&, NodeId /*dir*/, mode_t, int /*flags*/) {
    return Errno(ENOSYS);
  }
  virtual ErrnoOrOk Unlink(const Caller&, NodeId, std::string_view) { return Errno(EROFS); }
  virtual ErrnoOrOk RemoveDir(const Caller&, NodeId, std::string_view) { return Errno(EROFS); }
  // `flags`: RENAME_NOREPLACE, RENAME_EXCHANGE (renameat2(2)).
  virtual ErrnoOrOk Rename(const Caller&, NodeId /*parent*/, std::string_view /*name*/,
                           NodeId /*new_parent*/, std::string_view /*new_name*/, unsigned /*flags*/) {
    return Errno(EROFS);
  }
  // Where the SDK does not check permissions: access(2) and chdir(2) with R_OK, W_OK, X_OK.
  virtual ErrnoOrOk Access(const Caller&, NodeId, int /*mask*/) { return {}; }
  // Hands entries to `emit` from `offset` on (0: the start; else a DirEntry::next), without "." and
  // "..", until `emit` returns false or the directory ends. Entries added meanwhile may be missed.
  virtual ErrnoOrOk ReadDir(NodeId, uint64_t /*offset*/,
                            const std::function<bool(const DirEntry&)>& /*emit*/) {
    return Errno(ENOTDIR);
  }

  // ---- data ----
  // `flags`: the access mode of open(2), and O_DIRECT, O_NOATIME when given. Truncation comes as SetAttr.
  virtual ErrnoOr<OpenReply> Open(const Caller&, NodeId, int /*flags*/) { return OpenReply{}; }
  // Every close of an open file that was writable ends in Flush; the last one in Release.
  virtual ErrnoOrOk Flush(NodeId, FileHandle) { return {}; }
  virtual void Release(NodeId, FileHandle) {}
  // Up to out.size() bytes; fewer only at the end of the file.
  virtual ErrnoOr<size_t> Read(NodeId, FileHandle, uint64_t /*offset*/, std::span<char> /*out*/) {
    return Errno(EIO);
  }
  virtual ErrnoOr<size_t> Write(NodeId, FileHandle, uint64_t /*offset*/, std::span<const char>) {
    return Errno(EROFS);
  }
  virtual ErrnoOrOk Fsync(NodeId, FileHandle, bool /*data_only*/) { return {}; }
  virtual ErrnoOrOk FsyncDir(NodeId, bool /*data_only*/) { return {}; }
  // `mode`: FALLOC_FL_* of fallocate(2).
  virtual ErrnoOrOk Fallocate(NodeId, FileHandle, int /*mode*/, uint64_t /*offset*/, uint64_t /*length*/) {
    return Errno(EOPNOTSUPP);
  }
  // SEEK_DATA or SEEK_HOLE; the default says that all is data.
  virtual ErrnoOr<uint64_t> Seek(NodeId, FileHandle, uint64_t /*offset*/, int /*whence*/) {
    return Errno(EOPNOTSUPP);
  }

  // Of an open file that is not Seeking::kFree: tells what is possible now and, until its Release,
  // whenever that changes. By default all is, always.
  virtual void ShowReadiness(NodeId, FileHandle, std::shared_ptr<Readiness>) {}
  // The same: the guest has changed O_NONBLOCK or O_APPEND.
  virtual void SetStatusFlags(NodeId, FileHandle, int /*flags*/) {}

  // Bytes between two files, by the file system itself: how many. EOPNOTSUPP: the SDK copies.
  virtual ErrnoOr<size_t> CopyRange(NodeId /*from*/, FileHandle, uint64_t /*offset*/, NodeId /*to*/,
                                    FileHandle, uint64_t /*to_offset*/, uint64_t /*length*/) {
    return Errno(EOPNOTSUPP);
  }
  // copy_file_range(2) goes to others of the kind, as between mounts of FUSE, and is not EXDEV.
  virtual bool CopiesAcross() const { return false; }
  // ioctl(2) of a file or, without a handle, of a directory.
  virtual ErrnoOr<int64_t> Ioctl(const Caller&, NodeId, std::optional<FileHandle>, uint64_t /*request*/,
                                 uint64_t /*argument*/, IoctlMemory&) {
    return Errno(ENOTTY);
  }

  // ---- locks: those of guests among themselves are the SDK's ----
  // Locks of that kind count for others too: the file system is asked before a guest gets one.
  virtual bool KeepsLocks(LockKind) { return false; }
  // One in the way of `lock`; F_UNLCK: there is none. `owner`: for whom.
  virtual ErrnoOr<FileLock> GetLock(NodeId, FileHandle, uint64_t /*owner*/, const FileLock&) {
    return Errno(ENOSYS);
  }
  // EAGAIN: somebody else has one, and `wait` is false. Flocks have one owner, the view.
  virtual ErrnoOrOk SetLock(NodeId, FileHandle, LockKind, uint64_t /*owner*/, const FileLock&,
                            bool /*wait*/) {
    return Errno(ENOSYS);
  }
  // The owner has closed the file: all that it has of kPosix goes.
  virtual void DropLocks(NodeId, FileHandle, uint64_t /*owner*/) {}

  // ---- extended attributes (xattr(7)); `flags`: XATTR_CREATE, XATTR_REPLACE ----
  virtual ErrnoOr<std::string> GetXattr(NodeId, std::string_view /*name*/) { return Errno(EOPNOTSUPP); }
  virtual ErrnoOr<std::vector<std::string>> ListXattr(NodeId) { return std::vector<std::string>(); }
  virtual ErrnoOrOk SetXattr(const Caller&, NodeId, std::string_view /*name*/,
                             std::string_view /*value*/, int /*flags*/) {
    return Errno(EOPNOTSUPP);
  }
  virtual ErrnoOrOk RemoveXattr(const Caller&, NodeId, std::string_view) { return Errno(EOPNOTSUPP); }

  // ---- the whole ----
  virtual ErrnoOr<struct statvfs> StatFs() {
    struct statvfs st = {};
    st.f_bsize = st.f_frsize = 4096;
    st.f_namemax = 255;
    return st;
  }
  // umount -f: whoever waits for the file system is let go with an error, now and later.
  virtual void Abort() {}
  // nullptr: its destructor does all.
  virtual std::shared_ptr<FileSystemEnd> End() { return nullptr; }
  // Called once, when the mount is made.
  virtual void SetCacheControl(std::shared_ptr<CacheControl>) {}
  // Writes everything back; called before an unmount and by sync(2).
  virtual ErrnoOrOk Sync() { return {}; }
};

// How the SDK treats a mounted FileSystem.
struct FileSystemTraits {
  // The SDK checks owner, group and mode as the kernel does (FUSE's default_permissions). Off: the
  // file system decides alone.
  bool check_permissions = true;
  bool read_only = false;
  // Every read asks the file system again (contents change behind our back).
  bool revalidate = false;
  // Contents may change behind our back; size or mtime tell, and are asked for at each read.
  bool data_may_change = false;
  // The root is a leaf (a device, a file), not a directory; the mount point need not exist.
  bool leaf = false;
  // Calls may wait for somebody else (a network, another process).
  bool may_block = false;
  // Paths below the mount point ("a/b") at which the real files that the mount covers are seen. With
  // these, or with see_through, the mount point must be a real directory.
  std::vector<std::string> real_parts = {};
  // A name that the file system does not have may be one of the real directory that it covers.
  bool see_through = false;
};

}  // namespace umsdk

#endif  // UMSDK_FILE_SYSTEM_H_
