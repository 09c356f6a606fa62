#include "sdk/engine/notify/notify_call.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include "sdk/engine/notify/fd_errand.h"
#include "sdk/engine/notify/guest_memory.h"
#include "sdk/engine/notify/thread_status.h"

namespace umsdk {
namespace {

constexpr int64_t kCallAgain = -513;  // ERESTARTNOINTR

bool IsAlive(pid_t tid) {
  const std::optional<ThreadStatus> status = ReadThreadStatus(tid);
  return status && status->state != 'Z' && status->state != 'X';
}

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

NotifyCall::NotifyCall(const seccomp_notif& notification, const GuestReach& reach,
                       BlockingObserver& observer)
    : TrappedCall(static_cast<pid_t>(notification.pid), notification.data.nr,
                  Arguments(notification)),
      id_(notification.id),
      data_(notification.data),
      reach_(reach),
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
  if (min_fd <= 0) return reach_.listener.AddFd(id_, fd, close_on_exec);
  // The kernel has no "at least": another thread of the guest could take the number in between.
  UMSDK_ASSIGN_OR_ERRNO(const int number, FreeNumber(tid(), min_fd));
  ErrnoOr<int> installed = reach_.listener.AddFd(id_, fd, close_on_exec, number);
  if (!installed.ok() && installed.error() == Errno(EBADF)) return Errno(EMFILE);
  return installed;
}

ErrnoOr<UniqueFd> NotifyCall::TakeFd(int guest_fd) {
  ErrnoOr<UniqueFd> taken = reach_.pidfds.Take(tid(), guest_fd, [this] { return StillThere(); });
  const bool refused = taken.error() == Errno(EPERM) || taken.error() == Errno(ENOSYS);
  return refused ? HaveFdSent(guest_fd) : std::move(taken);
}

ErrnoOr<UniqueFd> NotifyCall::HaveFdSent(int guest_fd) {
  const bool was_on_errand = on_errand_;
  ErrnoOr<UniqueFd> taken = TakeFdByErrand(*this, reach_.door, guest_fd);
  if (was_on_errand || !on_errand_) return taken;
  UMSDK_RETURN_IF_ERRNO(ComeBack());
  return taken;
}

// From the errand into a notification again, as if there had been none.
ErrnoOrOk NotifyCall::ComeBack() {
  const ReturningCalls::Ticket ticket = reach_.returning.Expect(tid(), data_);
  reach_.errands.Finish(kCallAgain);
  on_errand_ = false;
  UMSDK_ASSIGN_OR_ERRNO(id_, reach_.returning.Await(ticket, [this] { return IsAlive(tid()); }));
  return {};
}

ErrnoOrOk NotifyCall::RunAsGuest(std::span<GuestCall> calls) {
  if (calls.empty()) return {};
  // The calls may be trapped: another thread must receive them while this one waits.
  if (!observer_.OnWillBlock()) return Errno(ENOMEM);
  if (!on_errand_) reach_.errands.Acquire();
  const ErrnoOrOk done = reach_.errands.Run(tid(), id_, calls);
  on_errand_ = done.ok();
  return done;
}

ErrnoOrOk NotifyCall::ReplaceCall(Replacement replacement) {
  if (!observer_.OnWillBlock()) return Errno(ENOMEM);
  if (!on_errand_) {
    reach_.errands.Acquire();
    UMSDK_RETURN_IF_ERRNO(reach_.errands.Take(tid(), id_));
  }
  on_errand_ = true;
  replacement_ = std::move(replacement);
  return {};
}

void NotifyCall::RunReplacement() {
  const std::optional<ThreadStatus> status = ReadThreadStatus(tid());
  reach_.errands.Replace(status ? status->process : tid(), *replacement_);
}

bool NotifyCall::StillThere() {
  if (!on_errand_) return reach_.listener.IsValid(id_);
  return reach_.errands.IsRunning(tid());
}

bool NotifyCall::Interrupted() {
  if (on_errand_) return !StillThere();
  return !StillThere() || interruption_.Pending();
}

void NotifyCall::WillBlock() { observer_.OnWillBlock(); }

void NotifyCall::Answer(const Verdict& verdict) {
  // All fail when the guest has died meanwhile, which concerns nobody any more.
  if (replacement_ && verdict.is_continue()) {
    RunReplacement();
  } else if (on_errand_) {
    reach_.errands.Finish(verdict.is_continue() ? kCallAgain : verdict.value());
  } else if (verdict.is_continue()) {
    reach_.listener.Continue(id_);
  } else {
    reach_.listener.Answer(id_, verdict.value());
  }
}

}  // namespace umsdk
