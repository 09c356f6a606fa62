// FileSystem: a tree of nodes that a service supplies. The SDK turns it into files that behave like
// the kernel's: descriptors, caching, permissions, listings, mmap, exec come from sdk/core.
//
// Thread-safety: every method may be called from several threads at once.
// Errors: an Errno goes to the guest as it is. Only GetAttr and Lookup must be implemented; what a
// file system does not have answers as the kernel would for one that lacks it.
// The calls and their meaning follow the kernel's inode_operations and FUSE's low-level protocol.
#ifndef UMSDK_FILE_SYSTEM_H_
#define UMSDK_FILE_SYSTEM_H_

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

namespace umsdk {

// A node within one FileSystem. It is not reused while a guest holds it (see Forget).
using NodeId = uint64_t;
inline constexpr NodeId kRootNode = 1;

// Attributes, as in stat(2). `mode` holds the type bits too. Times in nanosecond precision.
struct Attr {
  uint64_t ino = 0;  // what guests see as st_ino; 0: the SDK uses the node id
  mode_t mode = 0;
  uint64_t nlink = 1;
  uid_t uid = 0;
  gid_t gid = 0;
  dev_t rdev = 0;
  uint64_t size = 0;    // bytes
  uint64_t blocks = 0;  // units of 512 bytes
  uint32_t blksize = 4096;
  timespec atime = {};
  timespec mtime = {};
  timespec ctime = {};
  timespec btime = {};
};

// Who asks: the guest thread's file system identity. `tid` is 0 for the SDK's own calls.
struct Caller {
  pid_t tid = 0;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;  // supplementary
  mode_t umask = 0;           // already applied to the modes that the SDK passes on
};

// What a lookup finds. Attributes may be used without asking again for `ttl_seconds`.
struct Entry {
  NodeId node = 0;
  Attr attr;
  double ttl_seconds = 0;
};

// Which attributes change; unset ones stay.
struct SetAttrRequest {
  std::optional<mode_t> mode;  // permission bits only
  std::optional<uid_t> uid;
  std::optional<gid_t> gid;
  std::optional<uint64_t> size;
  std::optional<timespec> atime;
  std::optional<timespec> mtime;
};

// One directory entry. `next` is the offset at which a later ReadDir goes on behind it (never 0).
struct DirEntry {
  std::string name;
  uint64_t ino = 0;
  unsigned char type = 0;  // DT_* of dirent.h
  uint64_t next = 0;
};

// An open file of the file system: chosen by Open, meaningful to it alone.
using FileHandle = uint64_t;

struct OpenReply {
  FileHandle handle = 0;
  bool direct_io = false;  // no caching: every read asks the file system, size may be unknown
  bool keep_cache = true;  // false: what was read before this open may have changed
};

// What Create gives: a new file, open.
struct Created {
  Entry entry;
  OpenReply open;
};

// Lets a file system whose contents change behind the SDK's back say so. Thread-safe; calls nothing of
// the file system before it returns.
class CacheControl {
 public:
  virtual ~CacheControl() = default;
  // What was read of the node's data is to be read again at the next use.
  virtual void DropData(NodeId node) = 0;
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
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // ---- names ----
  virtual ErrnoOr<Entry> Lookup(const Caller& caller, NodeId parent, std::string_view name) = 0;
  // `count` lookups' worth of references to `node` are dropped; at zero its id may be reused.
  virtual void Forget(NodeId node, uint64_t count) {
    (void)node, (void)count;
  }
  virtual ErrnoOr<Attr> GetAttr(NodeId node) = 0;
  // The same for a read: size and mtime must be right, the rest may be old.
  virtual ErrnoOr<Attr> GetDataAttr(NodeId node) { return GetAttr(node); }
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
};

}  // namespace umsdk

#endif  // UMSDK_FILE_SYSTEM_H_
