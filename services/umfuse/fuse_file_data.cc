// The half of FuseFileSystem that works on open files, and on extended attributes.
#include <fcntl.h>

#include <algorithm>

#include "services/umfuse/fuse_file_system.h"

namespace umsdk::umfuse {
namespace {

constexpr uint32_t kFirstWithLongData = 9;
constexpr uint32_t kPage = 4096;

uint32_t OpenFlags(int flags) {
  constexpr int kLargeFile = 0100000;
  return static_cast<uint32_t>((flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC)) | kLargeFile);
}

// A daemon without the operation: as a file system without the thing.
Errno Unsupported(Errno error) { return error == Errno(ENOSYS) ? Errno(EOPNOTSUPP) : error; }

}  // namespace

// ---- open files ----

OpenReply FuseFileSystem::Remember(const OpenFile& file) {
  MutexLock lock(mutex_);
  FileHandle handle = next_handle_++;
  files_[handle] = file;
  return {handle, (file.open_flags & FOPEN_DIRECT_IO) != 0,
          (file.open_flags & FOPEN_KEEP_CACHE) != 0};
}

FuseFileSystem::OpenFile FuseFileSystem::FileOf(FileHandle handle) {
  MutexLock lock(mutex_);
  auto it = files_.find(handle);
  return it == files_.end() ? OpenFile() : it->second;
}

FileHandle FuseFileSystem::Borrow(NodeId node, bool writable) {
  MutexLock lock(mutex_);
  for (auto& [handle, file] : files_) {
    if (file.node != node || file.stateless || file.released) continue;
    if (writable && (file.flags & O_ACCMODE) == O_RDONLY) continue;
    ++file.borrowed;
    return handle;
  }
  return 0;
}

void FuseFileSystem::GiveBack(FileHandle handle) {
  if (handle == 0) return;
  OpenFile file;
  {
    MutexLock lock(mutex_);
    auto it = files_.find(handle);
    if (it == files_.end() || --it->second.borrowed > 0 || !it->second.released) return;
    file = it->second;
    files_.erase(it);
  }
  SendRelease(file);
}

ErrnoOr<OpenReply> FuseFileSystem::Open(const Caller& caller, NodeId node, int flags) {
  UMSDK_RETURN_IF_ERRNO(CheckAllowed(caller));
  UMSDK_ASSIGN_OR_ERRNO(Session agreed, session());
  OpenFile file{node, 0, OpenFlags(flags), 0, true};
  fuse_open_in in = {file.flags, 0};
  fuse_open_out out = {};
  ErrnoOr<size_t> got = Ask(Request(FUSE_OPEN, node).AddStruct(in), From(caller),
                            {reinterpret_cast<char*>(&out), sizeof(out)});
  if (got.ok()) {
    if (*got < sizeof(out)) return Errno(EIO);
    file.fh = out.fh;
    file.open_flags = out.open_flags;
    file.stateless = false;
  } else if (got.error() == Errno(ENOSYS) && agreed.Has(FUSE_NO_OPEN_SUPPORT)) {
    file.open_flags = FOPEN_KEEP_CACHE;
  } else {
    return got.error();
  }
  return Remember(file);
}

ErrnoOrOk FuseFileSystem::Flush(NodeId node, FileHandle handle) {
  OpenFile file = FileOf(handle);
  if (file.stateless || (file.open_flags & FOPEN_NOFLUSH) != 0) return {};
  fuse_flush_in in = {};
  in.fh = file.fh;
  ErrnoOr<size_t> done = Ask(Request(FUSE_FLUSH, node).AddStruct(in), FromWaiting());
  nodes_.DropAttr(node);
  if (done.ok() || done.error() == Errno(ENOSYS)) return {};
  return done.error();
}

void FuseFileSystem::Release(NodeId, FileHandle handle) {
  OpenFile file;
  {
    MutexLock lock(mutex_);
    auto it = files_.find(handle);
    if (it == files_.end()) return;
    it->second.released = true;
    if (it->second.borrowed > 0) return;
    file = it->second;
    files_.erase(it);
  }
  if (!file.stateless) SendRelease(file);
}

void FuseFileSystem::SendRelease(const OpenFile& file) {
  fuse_release_in in = {};
  in.fh = file.fh;
  in.flags = file.flags;
  conn_->Post(Request(FUSE_RELEASE, file.node).AddStruct(in), FromWaiting(), true);
}

ErrnoOr<size_t> FuseFileSystem::Read(NodeId node, FileHandle handle, uint64_t offset,
                                     std::span<char> out) {
  UMSDK_ASSIGN_OR_ERRNO(Session agreed, session());
  OpenFile file = FileOf(handle);
  size_t done = 0;
  while (done < out.size()) {
    std::span<char> piece = out.subspan(done, std::min<size_t>(agreed.max_read, out.size() - done));
    fuse_read_in in = {};
    in.fh = file.fh;
    in.offset = offset + done;
    in.size = static_cast<uint32_t>(piece.size());
    in.flags = file.flags;
    Request request(FUSE_READ, node);
    request.AddStruct(in,
                      agreed.minor < kFirstWithLongData ? FUSE_COMPAT_WRITE_IN_SIZE : sizeof(in));
    ErrnoOr<size_t> got = Ask(request, FromWaiting(), piece);
    if (done == 0) nodes_.AgeTimes(node);
    if (!got.ok()) return done > 0 ? ErrnoOr<size_t>(done) : got;
    done += *got;
    if (*got < piece.size()) break;
  }
  return done;
}

ErrnoOr<size_t> FuseFileSystem::Write(NodeId node, FileHandle handle, uint64_t offset,
                                      std::span<const char> bytes) {
  UMSDK_ASSIGN_OR_ERRNO(Session agreed, session());
  OpenFile file = FileOf(handle);
  size_t done = 0;
  while (done < bytes.size()) {
    std::span<const char> piece =
        bytes.subspan(done, std::min<size_t>(agreed.max_write, bytes.size() - done));
    fuse_write_in in = {};
    in.fh = file.fh;
    in.offset = offset + done;
    in.size = static_cast<uint32_t>(piece.size());
    in.flags = file.flags;
    Request request(FUSE_WRITE, node);
    request
        .AddStruct(in, agreed.minor < kFirstWithLongData ? FUSE_COMPAT_WRITE_IN_SIZE : sizeof(in))
        .Add(piece);
    fuse_write_out out = {};
    ErrnoOr<size_t> got = Ask(request, FromWaiting(), {reinterpret_cast<char*>(&out), sizeof(out)});
    nodes_.DropAttr(node);
    bool sense = got.ok() && *got == sizeof(out) && out.size > 0 && out.size <= piece.size();
    if (got.ok() && !sense) got = Errno(EIO);
    if (!got.ok()) return done > 0 ? ErrnoOr<size_t>(done) : got;
    done += out.size;
    if (out.size < piece.size()) break;
  }
  return done;
}

ErrnoOrOk FuseFileSystem::Fsync(NodeId node, FileHandle handle, bool data_only) {
  fuse_fsync_in in = {FileOf(handle).fh, data_only ? uint32_t{FUSE_FSYNC_FDATASYNC} : 0, 0};
  ErrnoOr<size_t> done = Ask(Request(FUSE_FSYNC, node).AddStruct(in), FromWaiting());
  if (done.ok() || done.error() == Errno(ENOSYS)) return {};
  return done.error();
}

ErrnoOrOk FuseFileSystem::Fallocate(NodeId node, FileHandle handle, int mode, uint64_t offset,
                                    uint64_t length) {
  fuse_fallocate_in in = {FileOf(handle).fh, offset, length, static_cast<uint32_t>(mode), 0};
  ErrnoOr<size_t> done = Ask(Request(FUSE_FALLOCATE, node).AddStruct(in), FromWaiting());
  nodes_.DropAttr(node);
  return done.ok() ? ErrnoOrOk() : ErrnoOrOk(Unsupported(done.error()));
}

ErrnoOr<uint64_t> FuseFileSystem::Seek(NodeId node, FileHandle handle, uint64_t offset,
                                       int whence) {
  fuse_lseek_in in = {FileOf(handle).fh, offset, static_cast<uint32_t>(whence), 0};
  fuse_lseek_out out = {};
  ErrnoOr<size_t> got = Ask(Request(FUSE_LSEEK, node).AddStruct(in), FromWaiting(),
                            {reinterpret_cast<char*>(&out), sizeof(out)});
  if (!got.ok()) return Unsupported(got.error());
  if (*got < sizeof(out)) return Errno(EIO);
  return out.offset;
}

// ---- extended attributes ----

ErrnoOr<std::string> FuseFileSystem::GetXattr(NodeId node, std::string_view name) {
  constexpr uint32_t kMost = 65536;  // XATTR_SIZE_MAX
  fuse_getxattr_in in = {kMost, 0};
  std::string value(kMost, '\0');
  ErrnoOr<size_t> got =
      Ask(Request(FUSE_GETXATTR, node).AddStruct(in).AddName(name), FromWaiting(), value);
  if (!got.ok()) return Unsupported(got.error());
  value.resize(*got);
  return value;
}

ErrnoOr<std::vector<std::string>> FuseFileSystem::ListXattr(NodeId node) {
  constexpr uint32_t kMost = 65536;  // XATTR_LIST_MAX
  fuse_getxattr_in in = {kMost, 0};
  std::string list(kMost, '\0');
  ErrnoOr<size_t> got = Ask(Request(FUSE_LISTXATTR, node).AddStruct(in), FromWaiting(), list);
  if (!got.ok()) return Unsupported(got.error());
  std::vector<std::string> names;
  for (size_t at = 0; at < *got;) {
    size_t end = list.find('\0', at);
    if (end == at || end == std::string::npos || end >= *got) return Errno(EIO);
    names.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

ErrnoOrOk FuseFileSystem::SetXattr(const Caller& caller, NodeId node, std::string_view name,
                                   std::string_view value, int flags) {
  UMSDK_RETURN_IF_ERRNO(CheckAllowed(caller));
  fuse_setxattr_in in = {};
  in.size = static_cast<uint32_t>(value.size());
  in.flags = static_cast<uint32_t>(flags);
  Request request(FUSE_SETXATTR, node);
  request.AddStruct(in, FUSE_COMPAT_SETXATTR_IN_SIZE)
      .AddName(name)
      .Add({value.data(), value.size()});
  ErrnoOr<size_t> done = Ask(request, From(caller));
  nodes_.DropAttr(node);
  return done.ok() ? ErrnoOrOk() : ErrnoOrOk(Unsupported(done.error()));
}

ErrnoOrOk FuseFileSystem::RemoveXattr(const Caller& caller, NodeId node, std::string_view name) {
  UMSDK_RETURN_IF_ERRNO(CheckAllowed(caller));
  ErrnoOr<size_t> done = Ask(Request(FUSE_REMOVEXATTR, node).AddName(name), From(caller));
  nodes_.DropAttr(node);
  return done.ok() ? ErrnoOrOk() : ErrnoOrOk(Unsupported(done.error()));
}

// ---- the whole ----

ErrnoOr<struct statvfs> FuseFileSystem::StatFs() {
  constexpr size_t kLongReply = sizeof(fuse_statfs_out);
  fuse_statfs_out out = {};
  UMSDK_ASSIGN_OR_ERRNO(size_t got, Ask(Request(FUSE_STATFS, kRootNode), FromWaiting(),
                                        {reinterpret_cast<char*>(&out), kLongReply}));
  if (got < FUSE_COMPAT_STATFS_SIZE) return Errno(EIO);
  struct statvfs st = {};
  st.f_bsize = out.st.bsize != 0 ? out.st.bsize : kPage;
  st.f_frsize = out.st.frsize != 0 ? out.st.frsize : st.f_bsize;
  st.f_blocks = out.st.blocks;
  st.f_bfree = out.st.bfree;
  st.f_bavail = out.st.bavail;
  st.f_files = out.st.files;
  st.f_ffree = out.st.ffree;
  st.f_favail = out.st.ffree;
  st.f_namemax = out.st.namelen;
  return st;
}

}  // namespace umsdk::umfuse
