#include "sdk/engine/notify/known_guests.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <optional>

#include "sdk/base/proc_stat.h"
#include "sdk/base/unique_fd.h"
#include "sdk/engine/launch/descendants.h"
#include "sdk/engine/notify/thread_status.h"

namespace umsdk {
namespace {

// Ticks since boot; 0 when there is no such thread.
uint64_t StartTime(pid_t tid) {
  const std::optional<ProcStat> stat = ProcStat::Read(tid);
  return stat ? stat->started() : 0;
}

}  // namespace

KnownGuests::KnownGuests(pid_t parent) : begun_(StartTime(parent)) {
  void* memory = mmap(nullptr, kMaxTid / 8, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory != MAP_FAILED) words_ = static_cast<std::atomic<uint64_t>*>(memory);
}

KnownGuests::~KnownGuests() {
  if (words_ != nullptr) munmap(words_, kMaxTid / 8);
}

bool KnownGuests::MayBeGuest(pid_t tid) const {
  const std::optional<ThreadStatus> status = ReadThreadStatus(tid);
  constexpr int kFilterMode = 2;
  return status && status->seccomp == kFilterMode && StartTime(tid) >= begun_;
}

void KnownGuests::KillAll() const {
  if (words_ == nullptr) return;
  const UniqueFd proc(open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (size_t i = 0; i < kMaxTid / 64; ++i) {
    uint64_t bits = words_[i].load(std::memory_order_relaxed);
    for (; bits != 0; bits &= bits - 1) {
      const auto tid = static_cast<pid_t>(i * 64 + static_cast<size_t>(__builtin_ctzll(bits)));
      if (!MayBeGuest(tid)) continue;
      // Before it: its children get another parent when it dies.
      syscall(SYS_tkill, tid, SIGSTOP);
      KillDescendantsOf(proc.get(), tid);
      syscall(SYS_tkill, tid, SIGKILL);
    }
  }
}

}  // namespace umsdk
