// Locks that an open file description owns: flock(2) and F_OFD_SETLK. A duplicate of the guest's
// descriptor serves as well as the guest's own, so nothing has to be run by the guest.
#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <vector>

#include "sdk/core/locked_file.h"

namespace umsdk {
namespace {

ErrnoOrOk FlockNatively(Call& call, const LockedFile& locked, int operation) {
  for (LockPause pause(call); ::flock(locked.description.get(), operation | LOCK_NB) != 0;) {
    if (errno != EWOULDBLOCK || (operation & LOCK_NB) != 0) return LastErrno();
    if (!pause.Wait()) return Errno(EINTR);
  }
  return {};
}

Verdict Restarting(const ErrnoOrOk& done) {
  return !done.ok() && done.error() == Errno(EINTR) ? Verdict::Restart() : ToVerdict(done);
}

// ---- F_OFD_SETLK ----

ErrnoOrOk SetNatively(const LockedFile& locked, const FileLock& lock) {
  struct flock native = ToNative(lock);
  return ::fcntl(locked.description.get(), F_OFD_SETLK, &native) == 0 ? ErrnoOrOk() : LastErrno();
}

std::vector<FileLock> DescriptionLocks(const LockedFile& locked) {
  std::vector<FileLock> locks;
  for (const NativeLock& native : NativeLocks(locked.file().key())) {
    if (native.kind == NativeLock::Kind::kDescription) locks.push_back(native.lock);
  }
  return locks;
}

// Those of `before` that are gone: they were this description's.
std::vector<FileLock> Replaced(std::vector<FileLock> before, const LockedFile& locked) {
  for (const FileLock& kept : DescriptionLocks(locked)) {
    auto same = std::ranges::find_if(before, [&](const FileLock& lock) {
      return lock.type == kept.type && lock.start == kept.start && lock.end == kept.end;
    });
    if (same != before.end()) before.erase(same);
  }
  return before;
}

void Restore(const LockedFile& locked, FileLock lock, const std::vector<FileLock>& replaced) {
  lock.type = F_UNLCK;
  (void)SetNatively(locked, lock);
  for (FileLock old : replaced) {
    if (!Overlap(old, lock)) continue;
    old.start = std::max(old.start, lock.start);
    old.end = std::min(old.end, lock.end);
    (void)SetNatively(locked, old);
  }
}

}  // namespace

Verdict Flock(Call& call, const LockedFile& locked, int operation) {
  bool wait = (operation & LOCK_NB) == 0;
  auto match = [&](bool patient) {
    return locked.file().locks().MatchFlock(locked.file().key(), locked.fs(), locked.node(),
                                            locked.handle, patient);
  };
  ErrnoOrOk done = FlockNatively(call, locked, operation);
  if (done.ok()) {
    done = match(wait && (operation & LOCK_UN) == 0);
    if (!done.ok()) {
      ::flock(locked.description.get(), LOCK_UN);
      (void)match(false);
    }
  }
  return Restarting(done);
}

Verdict SetDescriptionLock(Call& call, const LockedFile& locked, FileLock lock, bool wait) {
  auto match = [&](bool patient) {
    return locked.file().locks().MatchDescriptions(locked.file().key(), locked.fs(), locked.node(),
                                                   locked.handle, call.status().tgid, patient);
  };
  std::vector<FileLock> before = DescriptionLocks(locked);
  for (LockPause pause(call);;) {
    ErrnoOrOk set = SetNatively(locked, lock);
    if (set.ok()) break;
    if (set.error() != Errno(EAGAIN) || !wait) return Verdict::Fail(set.error());
    if (!pause.Wait()) return Verdict::Restart();
    before = DescriptionLocks(locked);
  }
  std::vector<FileLock> replaced = Replaced(std::move(before), locked);
  ErrnoOrOk done = match(wait);
  if (!done.ok()) {
    Restore(locked, lock, replaced);
    (void)match(false);
  }
  return Restarting(done);
}

Verdict GetDescriptionLock(Call& call, const LockedFile& locked, struct flock guest, const FileLock& lock) {
  struct flock native = ToNative(lock);
  if (::fcntl(locked.description.get(), F_OFD_GETLK, &native) != 0) return Verdict::Fail(LastErrno());
  FileLock found = FromNative(native);
  if (native.l_type == F_UNLCK) {
    locked.Settle();
    UMSDK_ASSIGN_OR_VERDICT(
        found, locked.fs().GetLock(locked.node(), locked.handle, kDescriptionsOwner, lock));
  }
  found.pid = -1;  // as the kernel tells it of all that a FUSE daemon has
  TellFound(found, guest);
  UMSDK_VERDICT_IF_ERRNO(call.Store(call.arg(2), guest));
  return Verdict::Return(0);
}

}  // namespace umsdk
