// The part of FuseFileSystem that is about locks which the daemon keeps: fcntl(2) and flock(2).
#include <fcntl.h>

#include "services/umfuse/fuse_file_system.h"

namespace umsdk::umfuse {
namespace {

constexpr uint32_t kFirstWithFlock = 17;

fuse_file_lock ToProtocol(const FileLock& lock) {
  uint32_t pid = lock.type == F_UNLCK ? 0 : static_cast<uint32_t>(lock.pid);
  return {lock.start, lock.end, static_cast<uint32_t>(lock.type), pid};
}

}  // namespace

bool FuseFileSystem::KeepsLocks(LockKind kind) {
  ErrnoOr<Session> agreed = session();
  if (!agreed.ok()) return false;
  bool flock = kind == LockKind::kFlock && agreed->minor >= kFirstWithFlock;
  return agreed->Has(flock ? FUSE_FLOCK_LOCKS : FUSE_POSIX_LOCKS);
}

ErrnoOr<FileLock> FuseFileSystem::GetLock(NodeId node, FileHandle handle, uint64_t owner,
                                          const FileLock& lock) {
  Held held(*this, handle);
  fuse_lk_in in = {held.file.fh, owner, ToProtocol(lock), 0, 0};
  fuse_lk_out out = {};
  UMSDK_ASSIGN_OR_ERRNO(size_t got, Ask(Request(FUSE_GETLK, node).AddStruct(in), FromWaiting(),
                                        {reinterpret_cast<char*>(&out), sizeof(out)}));
  bool known = out.lk.type == F_RDLCK || out.lk.type == F_WRLCK || out.lk.type == F_UNLCK;
  if (got < sizeof(out) || !known) return Errno(EIO);
  FileLock found;
  found.type = static_cast<short>(out.lk.type);
  if (found.type == F_UNLCK) return found;
  if (out.lk.end > INT64_MAX || out.lk.start > out.lk.end) return Errno(EIO);
  found.start = out.lk.start;
  found.end = out.lk.end;
  found.pid = static_cast<pid_t>(out.lk.pid);
  return found;
}

ErrnoOrOk FuseFileSystem::SetLock(NodeId node, FileHandle handle, LockKind kind, uint64_t owner,
                                  const FileLock& lock, bool wait) {
  Held held(*this, handle);
  bool flock = kind == LockKind::kFlock;
  fuse_lk_in in = {held.file.fh, owner, ToProtocol(lock), flock ? uint32_t{FUSE_LK_FLOCK} : 0, 0};
  Request request(wait ? FUSE_SETLKW : FUSE_SETLK, node);
  request.AddStruct(in).KeepArgument();
  ErrnoOr<size_t> done = Ask(request, FromWaiting());
  if (!done.ok()) return done.error();
  if (!flock) return {};
  MutexLock lock_files(mutex_);
  if (auto it = files_.find(handle); it != files_.end()) it->second.flock_owner = owner;
  return {};
}

// As close(2) does it, which says FLUSH with the owner.
void FuseFileSystem::DropLocks(NodeId node, FileHandle handle, uint64_t owner) {
  Held held(*this, handle);
  fuse_flush_in flush = {};
  flush.fh = held.file.fh;
  flush.lock_owner = owner;
  ErrnoOr<size_t> done = Ask(Request(FUSE_FLUSH, node).AddStruct(flush), FromWaiting());
  nodes_.DropAttr(node);
  if (done.ok() || done.error() != Errno(ENOSYS)) return;
  fuse_lk_in in = {held.file.fh, owner, ToProtocol(FileLock()), 0, 0};
  (void)Ask(Request(FUSE_SETLK, node).AddStruct(in), FromWaiting());
}

// Granted when nobody waited for it any more.
void FuseFileSystem::OnLateLock(uint64_t node, std::span<const char> argument) {
  fuse_lk_in in;
  if (!ReadStruct(argument, in) || in.lk.type == F_UNLCK) return;
  in.lk.type = F_UNLCK;
  in.lk.pid = 0;
  conn_->Post(Request(FUSE_SETLK, node).AddStruct(in), Sender(), true);
}

}  // namespace umsdk::umfuse
