#include "sdk/engine/notify/notify_call.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "sdk/engine/notify/guest_memory.h"

namespace umsdk {
namespace {

std::array<uint64_t, 6> Arguments(const seccomp_notif& notification) {
  std::array<uint64_t, 6> args;
  for (size_t i = 0; i < args.size(); ++i) args[i] = notification.data.args[i];
  return args;
}

// The lowest number from `from` on that the guest has free.
ErrnoOr<int> FreeNumber(pid_t tid, int from) {
  const UniqueFd numbers(
      open(("/proc/" + std::to_string(tid) + "/fd").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!numbers.valid()) return LastErrno();
  struct stat ignored;
  for (int number = from;; ++number) {
    if (fstatat(numbers.get(), std::to_string(number).c_str(), &ignored, AT_SYMLINK_NOFOLLOW) ==
        0) {
      continue;
    }
    if (errno != ENOENT) return LastErrno();
    return number;
  }
}

}  // namespace

NotifyCall::NotifyCall(const seccomp_notif& notification, const Listener& listener,
                       ThreadPidfds& pidfds, Errands& errands, BlockingObserver& observer)
    : TrappedCall(static_cast<pid_t>(notification.pid), notification.data.nr,
                  Arguments(notification)),
      id_(notification.id),
      listener_(listener),
      pidfds_(pidfds),
      errands_(errands),
      observer_(observer),
      interruption_(static_cast<pid_t>(notification.pid)) {}

size_t NotifyCall::ReadMemory(uint64_t address, void* out, size_t size) {
  return ReadGuestMemory(tid(), address, out, size);
}

size_t NotifyCall::WriteMemory(uint64_t address, const void* bytes, size_t size) {
  // The number could mean a stranger by now; he must not be written to.
  if (!StillThere()) return 0;
  return WriteGuestMemory(tid(), address, bytes, size);
}

bool NotifyCall::PokeMemory(uint64_t address, const void* bytes, size_t size) {
  const std::string path = "/proc/" + std::to_string(tid()) + "/mem";
  const UniqueFd memory(open(path.c_str(), O_RDWR | O_CLOEXEC));
  // The open file stays with the memory that it was opened for, so this check is exact.
  if (!memory.valid() || !StillThere()) return false;
  return pwrite(memory.get(), bytes, size, static_cast<off_t>(address)) ==
         static_cast<ssize_t>(size);
}

ErrnoOr<int> NotifyCall::InstallFd(int fd, bool close_on_exec, int min_fd) {
  if (min_fd <= 0) return listener_.AddFd(id_, fd, close_on_exec);
  // The kernel has no "at least": another thread of the guest could take the number in between.
  UMSDK_ASSIGN_OR_ERRNO(const int number, FreeNumber(tid(), min_fd));
  ErrnoOr<int> installed = listener_.AddFd(id_, fd, close_on_exec, number);
  if (!installed.ok() && installed.error() == Errno(EBADF)) return Errno(EMFILE);
  return installed;
}

ErrnoOr<UniqueFd> NotifyCall::TakeFd(int guest_fd) {
  return pidfds_.Take(tid(), guest_fd, [this] { return StillThere(); });
}

ErrnoOrOk NotifyCall::RunAsGuest(std::span<GuestCall> calls) {
  if (calls.empty()) return {};
  // The calls may be trapped: another thread must receive them while this one waits.
  if (!observer_.OnWillBlock()) return Errno(ENOMEM);
  if (!on_errand_) errands_.Acquire();
  const ErrnoOrOk done = errands_.Run(tid(), id_, calls);
  on_errand_ = done.ok();
  return done;
}

bool NotifyCall::StillThere() {
  if (!on_errand_) return listener_.IsValid(id_);
  return errands_.IsRunning(tid());
}

bool NotifyCall::Interrupted() {
  if (on_errand_) return !StillThere();
  return !StillThere() || interruption_.Pending();
}

void NotifyCall::WillBlock() {
  interruption_.Begin();
  observer_.OnWillBlock();
}

void NotifyCall::Answer(const Verdict& verdict) {
  constexpr int64_t kCallAgain = -513;  // ERESTARTNOINTR
  // All fail when the guest has died meanwhile, which concerns nobody any more.
  if (on_errand_) {
    errands_.Finish(verdict.is_continue() ? kCallAgain : verdict.value());
  } else if (verdict.is_continue()) {
    listener_.Continue(id_);
  } else {
    listener_.Answer(id_, verdict.value());
  }
}

}  // namespace umsdk
