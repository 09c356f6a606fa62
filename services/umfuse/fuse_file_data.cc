// The part of FuseFileSystem that opens, reads and writes files.
#include <fcntl.h>

#include <algorithm>

#include "services/umfuse/fuse_file_system.h"

namespace umsdk::umfuse {
namespace {

constexpr uint32_t kFirstWithLongData = 9;

uint32_t OpenFlags(int flags) {
  constexpr int kLargeFile = 0100000;
  return static_cast<uint32_t>((flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC)) | kLargeFile);
}

}  // namespace

// ---- open files ----

OpenReply FuseFileSystem::Remember(const OpenFile& file) {
  MutexLock lock(mutex_);
  FileHandle handle = next_handle_++;
  files_[handle] = file;
  OpenReply reply{handle, (file.open_flags & FOPEN_DIRECT_IO) != 0,
                  (file.open_flags & FOPEN_KEEP_CACHE) != 0};
  if ((file.open_flags & FOPEN_NONSEEKABLE) != 0) reply.seeking = OpenReply::Seeking::kInOrder;
  if ((file.open_flags & FOPEN_STREAM) != 0) reply.seeking = OpenReply::Seeking::kStream;
  return reply;
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

FuseFileSystem::Held::Held(FuseFileSystem& of, FileHandle which) : fs(of), handle(which) {
  MutexLock lock(fs.mutex_);
  auto it = fs.files_.find(which);
  if (it == fs.files_.end()) {
    handle = 0;
    return;
  }
  ++it->second.borrowed;
  file = it->second;
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
  if (!file.stateless) SendRelease(file);
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
    file = it->second;
    it->second.readiness = nullptr;
    if (file.borrowed == 0) files_.erase(it);
  }
  if (file.readiness) CountPolled();
  if (file.borrowed == 0 && !file.stateless) SendRelease(file);
}

void FuseFileSystem::SendRelease(const OpenFile& file) {
  fuse_release_in in = {};
  in.fh = file.fh;
  in.flags = file.flags;
  if (file.flock_owner) {
    in.release_flags = FUSE_RELEASE_FLOCK_UNLOCK;
    in.lock_owner = *file.flock_owner;
  }
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
    if (!got.ok() && done == 0) {
      if (file.readiness) AskPoll(handle);
      return got;
    }
    if (!got.ok()) break;
    done += *got;
    if (*got < piece.size()) break;
  }
  if (file.readiness) AskPoll(handle);
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
    if (!got.ok() && done == 0) {
      if (file.readiness) AskPoll(handle);
      return got;
    }
    if (!got.ok()) break;
    done += out.size;
    if (out.size < piece.size()) break;
  }
  if (file.readiness) AskPoll(handle);
  return done;
}

}  // namespace umsdk::umfuse
