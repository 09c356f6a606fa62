// fcntl (locks) and flock of files whose file system keeps their locks too; the rest is the kernel's.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/syscall.h>

#include "sdk/core/handlers.h"
#include "sdk/core/locked_file.h"
#include "umsdk/waiting.h"

namespace umsdk {
namespace {

bool Keeps(const std::shared_ptr<OpenObject>& object, LockKind kind) {
  return object->file() != nullptr && object->node() && object->node()->fs().KeepsLocks(kind);
}

// While a guest waits for somebody's lock, that one's close is noticed.
class SettlingWaiting final : public Waiting {
 public:
  SettlingWaiting(Waiting& outer, const LockedFile& locked) : outer_(outer), locked_(locked) {}
  void WillBlock() override { outer_.WillBlock(); }
  bool Interrupted() override { return outer_.Interrupted(); }
  bool Killed() override {
    if (outer_.Killed()) return true;
    WaitingScope scope(&outer_);
    locked_.Settle();
    return false;
  }
  std::chrono::steady_clock::time_point GiveUpAt() const override { return outer_.GiveUpAt(); }
  const Caller& caller() override { return outer_.caller(); }

 private:
  Waiting& outer_;
  const LockedFile& locked_;
};

// Another guest's lock on the kernel object: F_UNLCK when there is none in the way of that process's.
FileLock InTheWay(const LockedFile& locked, pid_t process, const FileLock& lock) {
  struct flock first = ToNative(lock);
  bool none = ::fcntl(locked.description.get(), F_GETLK, &first) != 0 || first.l_type == F_UNLCK;
  if (none) return {};
  for (const NativeLock& native : NativeLocks(locked.file().key())) {
    if (native.kind == NativeLock::Kind::kFlock || native.lock.pid == process) continue;
    if (Conflict(native.lock, lock)) return native.lock;
  }
  return {};
}

Verdict GetLock(Call& call, const LockedFile& locked, struct flock guest, const FileLock& lock) {
  const pid_t process = call.status().tgid;
  FileLock found = InTheWay(locked, process, lock);
  if (found.type == F_UNLCK) {
    locked.Settle();
    auto owner = static_cast<uint64_t>(process);
    UMSDK_ASSIGN_OR_VERDICT(found, locked.fs().GetLock(locked.node(), locked.handle, owner, lock));
  }
  TellFound(found, guest);
  UMSDK_VERDICT_IF_ERRNO(call.Store(call.arg(2), guest));
  return Verdict::Return(0);
}

// On the kernel object, by the guest itself: only its own process can own it there. nullopt: it
// cannot be made to, because it is debugged.
std::optional<int64_t> LockNatively(Call& call) {
  TrappedCall::GuestCall set{SYS_fcntl, {call.arg(0), F_SETLK, call.arg(2)}};
  if (!call.trap().RunAsGuest({&set, 1}).ok()) return std::nullopt;
  return set.result;
}

Verdict Unlock(Call& call, const LockedFile& locked, uint64_t owner, const FileLock& lock) {
  std::optional<int64_t> native = LockNatively(call);
  UMSDK_VERDICT_IF_ERRNO(
      locked.fs().SetLock(locked.node(), locked.handle, LockKind::kPosix, owner, lock, false));
  return native ? Verdict::Return(*native) : Verdict::Continue();
}

// The file system first, which may wait; then the kernel object. nullopt: as LockNatively.
ErrnoOr<std::optional<int64_t>> AskAndLock(Call& call, const LockedFile& locked, const FileLock& lock,
                                           bool wait) {
  const auto owner = static_cast<uint64_t>(lock.pid);
  SharedLocks& locks = locked.file().locks();
  UMSDK_RETURN_IF_ERRNO(locks.Begin(lock.pid));
  ErrnoOrOk granted;
  {
    SettlingWaiting waiting(*Waiting::Current(), locked);
    WaitingScope scope(wait ? static_cast<Waiting*>(&waiting) : Waiting::Current());
    granted = locked.fs().SetLock(locked.node(), locked.handle, LockKind::kPosix, owner, lock, wait);
  }
  std::optional<int64_t> native(0);
  if (granted.ok()) native = LockNatively(call);
  locks.End(lock.pid, granted.ok());
  if (!granted.ok()) return granted.error();
  // EAGAIN: the file system takes all guests for one owner, and another one was faster. It has the
  // lock then, which must stay.
  if (native && *native < 0 && *native != -EAGAIN) {
    FileLock undo = lock;
    undo.type = F_UNLCK;
    (void)locked.fs().SetLock(locked.node(), locked.handle, LockKind::kPosix, owner, undo, false);
  }
  return native;
}

// What guests have among themselves decides first: the file system may take all of them for one owner.
Verdict SetLock(Call& call, const LockedFile& locked, FileLock lock, bool wait) {
  lock.pid = call.status().tgid;
  if (lock.type == F_UNLCK) return Unlock(call, locked, static_cast<uint64_t>(lock.pid), lock);
  for (LockPause pause(call);;) {
    locked.Settle();
    std::optional<int64_t> native(-EAGAIN);
    if (InTheWay(locked, lock.pid, lock).type == F_UNLCK) {
      ErrnoOr<std::optional<int64_t>> asked = AskAndLock(call, locked, lock, wait);
      if (!asked.ok()) {
        return asked.error() == Errno(EINTR) ? Verdict::Restart() : Verdict::Fail(asked.error());
      }
      native = *asked;
    }
    if (!native) return Verdict::Continue();
    if (*native != -EAGAIN || !wait) return Verdict::Return(*native);
    if (!pause.Wait()) return Verdict::Restart();
  }
}

bool OfDescription(int command) {
  return command == F_OFD_SETLK || command == F_OFD_SETLKW || command == F_OFD_GETLK;
}

// EBADF: the description's mode is not one for the lock.
ErrnoOrOk CheckMode(const LockedFile& locked, const FileLock& lock) {
  bool wrong = (lock.type == F_RDLCK && locked.mode == O_WRONLY) ||
               (lock.type == F_WRLCK && locked.mode == O_RDONLY);
  return wrong ? ErrnoOrOk(Errno(EBADF)) : ErrnoOrOk();
}

Verdict LockCommand(Call& call, std::shared_ptr<OpenObject> object, int command) {
  call.MarkHandled();
  UMSDK_ASSIGN_OR_VERDICT(struct flock guest, call.Load<struct flock>(call.arg(2)));
  UMSDK_ASSIGN_OR_VERDICT(LockedFile locked, TakeLocked(call, std::move(object)));
  UMSDK_ASSIGN_OR_VERDICT(FileLock lock, ToFileLock(guest, locked));
  const bool described = OfDescription(command);
  if (described && guest.l_pid != 0) return Verdict::Fail(Errno(EINVAL));
  if (command == F_GETLK || command == F_OFD_GETLK) {
    if (lock.type == F_UNLCK) return Verdict::Fail(Errno(EINVAL));
    return described ? GetDescriptionLock(call, locked, guest, lock) : GetLock(call, locked, guest, lock);
  }
  UMSDK_VERDICT_IF_ERRNO(CheckMode(locked, lock));
  return described ? SetDescriptionLock(call, locked, lock, command == F_OFD_SETLKW)
                   : SetLock(call, locked, lock, command == F_SETLKW);
}

}  // namespace

Verdict HandleFcntl(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  if (!object) return Verdict::Continue();
  if (object->path_only()) return Verdict::Fail(Errno(EBADF));
  int command = call.int_arg(1);
  if (command == F_GET_SEALS || command == F_ADD_SEALS) {
    // The kernel object has them, the file that it stands for has not.
    return object->native() ? Verdict::Continue() : Verdict::Fail(Errno(EINVAL));
  }
  bool locks = command == F_SETLK || command == F_SETLKW || command == F_GETLK || OfDescription(command);
  if (!locks || !Keeps(object, LockKind::kPosix)) return Verdict::Continue();
  return LockCommand(call, std::move(object), command);
}

Verdict HandleFlock(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  if (!object) return Verdict::Continue();
  if (object->path_only()) return Verdict::Fail(Errno(EBADF));
  int operation = call.int_arg(1), kind = operation & ~LOCK_NB;
  bool known = kind == LOCK_SH || kind == LOCK_EX || kind == LOCK_UN;
  if (!known || !Keeps(object, LockKind::kFlock)) return Verdict::Continue();
  call.MarkHandled();
  UMSDK_ASSIGN_OR_VERDICT(LockedFile locked, TakeLocked(call, std::move(object)));
  return Flock(call, locked, operation);
}

}  // namespace umsdk
