// The part of FuseFileSystem that is about the space of files and of the whole: fsync, fallocate, holes,
// copies within the daemon.
#include <algorithm>

#include "services/umfuse/fuse_file_system.h"

namespace umsdk::umfuse {
namespace {

// A daemon without the operation: as a file system without the thing.
Errno Unsupported(Errno error) { return error == Errno(ENOSYS) ? Errno(EOPNOTSUPP) : error; }

constexpr uint32_t kPage = 4096;
constexpr uint32_t kFirstWithCopyRange = 28;
constexpr uint32_t kFirstWithSyncfs = 34;

}  // namespace

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

// ---- the whole ----

// Cut to what fits into the 32 bits of the answer.
ErrnoOr<size_t> FuseFileSystem::CopyRange(NodeId from, FileHandle handle, uint64_t offset, NodeId to,
                                          FileHandle to_handle, uint64_t to_offset,
                                          uint64_t length) {
  UMSDK_ASSIGN_OR_ERRNO(Session agreed, session());
  if (agreed.minor < kFirstWithCopyRange) return Errno(EOPNOTSUPP);
  Held source(*this, handle), sink(*this, to_handle);
  uint64_t most = UINT32_MAX / kPage * kPage;
  fuse_copy_file_range_in in = {source.file.fh, offset,    to, sink.file.fh,
                                to_offset,      std::min(length, most), 0};
  fuse_write_out out = {};
  ErrnoOr<size_t> got = Ask(Request(FUSE_COPY_FILE_RANGE, from).Concerns(to).AddStruct(in),
                            FromWaiting(), {reinterpret_cast<char*>(&out), sizeof(out)});
  nodes_.AgeTimes(from);
  nodes_.DropAttr(to);
  if (!got.ok()) return Unsupported(got.error());
  if (*got < sizeof(out) || out.size > in.len) return Errno(EIO);
  return out.size;
}

ErrnoOrOk FuseFileSystem::Sync() {
  ErrnoOr<Session> agreed = session();
  // A daemon that is gone writes nothing: what it had not taken was refused when it was offered.
  if (!agreed.ok() || agreed->minor < kFirstWithSyncfs) return {};
  fuse_syncfs_in in = {};
  ErrnoOr<size_t> done = Ask(Request(FUSE_SYNCFS, kRootNode).AddStruct(in), FromWaiting());
  if (done.ok() || done.error() == Errno(ENOSYS)) return {};
  return done.error();
}

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
