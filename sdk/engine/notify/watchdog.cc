#include "sdk/engine/notify/watchdog.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "sdk/engine/notify/signal_free_thread.h"

namespace umsdk {
namespace {

constexpr int kBusyMs = 2;
constexpr int kLongestHandlingMs = 8;
constexpr int kIdleMs = 256;  // reached after half a second without a call; then it sleeps
constexpr int kForever = -1;

}  // namespace

absl::Status Watchdog::Start() {
  wake_.Reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake_.valid()) return absl::ErrnoToStatus(errno, "eventfd for the watchdog");
  const int error = StartSignalFreeThread(&thread_, "um-watchdog", ThreadMain, this);
  if (error != 0) return absl::ErrnoToStatus(error, "a thread for the watchdog; see ulimit -u");
  started_ = true;
  return absl::OkStatus();
}

Watchdog::~Watchdog() {
  if (!started_) return;
  stopping_.store(true);
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_.get(), &one, sizeof(one));
  pthread_join(thread_, nullptr);
  pool_.StopSleeping();
}

void* Watchdog::ThreadMain(void* watchdog) {
  static_cast<Watchdog*>(watchdog)->Run();
  return nullptr;
}

void Watchdog::Run() {
  while (!stopping_.load()) Wait(Tick());
}

// One look; how long to wait until the next.
int Watchdog::Tick() {
  const ReceiverPool::Activity activity = pool_.Look();
  if (activity.calls != calls_) {
    calls_ = activity.calls;
    return interval_ms_ = kBusyMs;
  }
  if (activity.handling) {
    pool_.RelieveIfAwaited();
    return interval_ms_ = std::min(std::max(interval_ms_ * 2, kBusyMs), kLongestHandlingMs);
  }
  interval_ms_ = std::max(interval_ms_ * 2, kBusyMs);
  if (interval_ms_ <= kIdleMs) return interval_ms_;
  if (!pool_.SleepUntilCall(calls_, wake_.get())) return interval_ms_ = kBusyMs;
  return kForever;
}

void Watchdog::Wait(int timeout_ms) {
  pollfd fds[] = {{wake_.get(), POLLIN, 0}, {warden_ended_ ? -1 : warden_.pidfd(), POLLIN, 0}};
  if (poll(fds, 2, timeout_ms) <= 0) return;
  uint64_t count;
  if (fds[0].revents != 0) {
    [[maybe_unused]] const ssize_t size = read(wake_.get(), &count, sizeof(count));
    interval_ms_ = 0;
  }
  if (fds[1].revents != 0) {
    warden_ended_ = true;
    if (warden_.WasKilled()) pool_.Abandon();
  }
}

}  // namespace umsdk
