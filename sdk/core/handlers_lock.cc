// fcntl (locks) and flock of files whose file system keeps their locks too; the rest is the kernel's.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/syscall.h>

#include <chrono>
#include <thread>

#include "sdk/core/handlers.h"
#include "sdk/core/virtual_file.h"
#include "umsdk/waiting.h"

namespace umsdk {
namespace {

constexpr std::chrono::milliseconds kTick(5);

// One call's file, as its file system names it.
struct Locked {
  std::shared_ptr<OpenObject> object;
  UniqueFd description;
  int mode = O_RDONLY;  // of the description
  FileHandle handle = 0;
  VirtualFile& file() const { return *object->file(); }
  FileSystem& fs() const { return object->node()->fs(); }
  NodeId node() const { return object->node()->id(); }
  void Settle() const { file().locks().Settle(file().key(), fs(), node(), handle); }
};

bool Keeps(const std::shared_ptr<OpenObject>& object, LockKind kind) {
  return object->file() != nullptr && object->node() && object->node()->fs().KeepsLocks(kind);
}

ErrnoOr<Locked> Take(Call& call, std::shared_ptr<OpenObject> object) {
  Locked locked{std::move(object), {}, O_RDONLY, 0};
  UMSDK_ASSIGN_OR_ERRNO(locked.description, call.trap().TakeFd(call.int_arg(0)));
  locked.mode = ::fcntl(locked.description.get(), F_GETFL) & O_ACCMODE;
  UMSDK_ASSIGN_OR_ERRNO(locked.handle, locked.file().Handle(locked.mode != O_RDONLY));
  return locked;
}

// While a guest waits for somebody's lock, that one's close is noticed.
class SettlingWaiting final : public Waiting {
 public:
  SettlingWaiting(Waiting& outer, const Locked& locked) : outer_(outer), locked_(locked) {}
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
  const Locked& locked_;
};

// ---- fcntl ----

// flock64_to_posix_lock() of fs/locks.c.
ErrnoOr<FileLock> ToFileLock(const struct flock& from, const Locked& locked) {
  int64_t base = 0;
  if (from.l_whence == SEEK_CUR) {
    base = ::lseek(locked.description.get(), 0, SEEK_CUR);
  } else if (from.l_whence == SEEK_END) {
    UMSDK_ASSIGN_OR_ERRNO(Attr attr, locked.object->Stat());
    base = static_cast<int64_t>(attr.size);
  } else if (from.l_whence != SEEK_SET) {
    return Errno(EINVAL);
  }
  if (from.l_type != F_RDLCK && from.l_type != F_WRLCK && from.l_type != F_UNLCK) return Errno(EINVAL);
  int64_t start = 0, end = INT64_MAX;
  if (__builtin_add_overflow(base, from.l_start, &start)) return Errno(EOVERFLOW);
  if (from.l_len > 0 && __builtin_add_overflow(start, from.l_len - 1, &end)) return Errno(EOVERFLOW);
  if (from.l_len < 0) {
    end = start - 1;
    if (__builtin_add_overflow(start, from.l_len, &start)) return Errno(EINVAL);
  }
  if (start < 0 || end < 0) return Errno(EINVAL);
  FileLock lock;
  lock.type = from.l_type;
  lock.start = static_cast<uint64_t>(start);
  lock.end = static_cast<uint64_t>(end);
  return lock;
}

Verdict GetLock(Call& call, const Locked& locked, struct flock guest, const FileLock& lock) {
  if (lock.type == F_UNLCK) return Verdict::Fail(Errno(EINVAL));
  locked.Settle();
  auto owner = static_cast<uint64_t>(call.status().tgid);
  UMSDK_ASSIGN_OR_VERDICT(FileLock found, locked.fs().GetLock(locked.node(), locked.handle, owner, lock));
  guest.l_type = found.type;
  if (found.type != F_UNLCK) {
    guest.l_whence = SEEK_SET;
    guest.l_start = static_cast<int64_t>(found.start);
    guest.l_len = found.end == INT64_MAX ? 0 : static_cast<int64_t>(found.end - found.start + 1);
    guest.l_pid = found.pid;
  }
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

Verdict Unlock(Call& call, const Locked& locked, uint64_t owner, const FileLock& lock) {
  std::optional<int64_t> native = LockNatively(call);
  UMSDK_VERDICT_IF_ERRNO(
      locked.fs().SetLock(locked.node(), locked.handle, LockKind::kPosix, owner, lock, false));
  return native ? Verdict::Return(*native) : Verdict::Continue();
}

Verdict SetLock(Call& call, const Locked& locked, FileLock lock, bool wait) {
  const pid_t process = call.status().tgid;
  auto owner = static_cast<uint64_t>(process);
  lock.pid = process;
  if (lock.type == F_UNLCK) return Unlock(call, locked, owner, lock);
  if (lock.type == F_RDLCK && locked.mode == O_WRONLY) return Verdict::Fail(Errno(EBADF));
  if (lock.type == F_WRLCK && locked.mode == O_RDONLY) return Verdict::Fail(Errno(EBADF));
  locked.Settle();
  SharedLocks& locks = locked.file().locks();
  UMSDK_VERDICT_IF_ERRNO(locks.Begin(process));
  ErrnoOrOk granted;
  {
    SettlingWaiting waiting(*Waiting::Current(), locked);
    WaitingScope scope(wait ? static_cast<Waiting*>(&waiting) : Waiting::Current());
    granted = locked.fs().SetLock(locked.node(), locked.handle, LockKind::kPosix, owner, lock, wait);
  }
  std::optional<int64_t> native(0);
  if (granted.ok()) native = LockNatively(call);
  locks.End(process, granted.ok());
  if (!granted.ok()) {
    return granted.error() == Errno(EINTR) ? Verdict::Restart() : Verdict::Fail(granted.error());
  }
  if (!native) return Verdict::Continue();
  if (*native < 0) {
    lock.type = F_UNLCK;
    (void)locked.fs().SetLock(locked.node(), locked.handle, LockKind::kPosix, owner, lock, false);
  }
  return Verdict::Return(*native);
}

// ---- flock ----

// The description is the owner: a duplicate of it serves as well as the guest's own.
ErrnoOrOk FlockNatively(Call& call, const Locked& locked, int operation) {
  while (::flock(locked.description.get(), operation | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK || (operation & LOCK_NB) != 0) return LastErrno();
    call.trap().WillBlock();
    if (call.trap().Interrupted() || !call.trap().StillThere()) return Errno(EINTR);
    std::this_thread::sleep_for(kTick);
  }
  return {};
}

Verdict Flock(Call& call, const Locked& locked, int operation) {
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
  if (!done.ok() && done.error() == Errno(EINTR)) return Verdict::Restart();
  return ToVerdict(done);
}

}  // namespace

Verdict HandleFcntl(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  if (!object) return Verdict::Continue();
  if (object->path_only()) return Verdict::Fail(Errno(EBADF));
  int command = call.int_arg(1);
  bool sets = command == F_SETLK || command == F_SETLKW;
  if ((!sets && command != F_GETLK) || !Keeps(object, LockKind::kPosix)) return Verdict::Continue();
  call.MarkHandled();
  UMSDK_ASSIGN_OR_VERDICT(struct flock guest, call.Load<struct flock>(call.arg(2)));
  UMSDK_ASSIGN_OR_VERDICT(Locked locked, Take(call, std::move(object)));
  UMSDK_ASSIGN_OR_VERDICT(FileLock lock, ToFileLock(guest, locked));
  return sets ? SetLock(call, locked, lock, command == F_SETLKW) : GetLock(call, locked, guest, lock);
}

Verdict HandleFlock(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  if (!object) return Verdict::Continue();
  if (object->path_only()) return Verdict::Fail(Errno(EBADF));
  int operation = call.int_arg(1), kind = operation & ~LOCK_NB;
  bool known = kind == LOCK_SH || kind == LOCK_EX || kind == LOCK_UN;
  if (!known || !Keeps(object, LockKind::kFlock)) return Verdict::Continue();
  call.MarkHandled();
  UMSDK_ASSIGN_OR_VERDICT(Locked locked, Take(call, std::move(object)));
  return Flock(call, locked, operation);
}

}  // namespace umsdk
