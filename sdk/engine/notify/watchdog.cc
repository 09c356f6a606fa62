#include "sdk/engine/notify/watchdog.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "sdk/engine/notify/signal_free_thread.h"

namespace umsdk {
namespace {

using std::chrono::milliseconds;

constexpr int kBusyMs = 2;
constexpr int kLongestHandlingMs = 8;
constexpr int kIdleMs = 256;    // reached after half a second without a call; then it sleeps
constexpr int kNoThreadMs = 50;  // until one is asked for again
constexpr int kForever = -1;

// What epoll gives back: 0 for the wake-up, else of whom and which of the two.
constexpr uint64_t kWakeKey = 0;
uint64_t WardenKey(uint64_t id) { return id * 2; }
uint64_t ListenerKey(uint64_t id) { return id * 2 + 1; }

bool AddTo(int epoll, int fd, uint64_t key) {
  epoll_event event = {};
  event.events = EPOLLIN;
  event.data.u64 = key;
  return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

void RemoveFrom(int epoll, int fd) { epoll_ctl(epoll, EPOLL_CTL_DEL, fd, nullptr); }

}  // namespace

absl::Status Watchdog::StartThread() {
  if (started_) return absl::OkStatus();
  wake_ = std::make_shared<const UniqueFd>(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  epoll_.Reset(epoll_create1(EPOLL_CLOEXEC));
  if (!wake_->valid() || !epoll_.valid() || !AddTo(epoll_.get(), wake_->get(), kWakeKey)) {
    return absl::ErrnoToStatus(errno, "eventfd and epoll for the watchdog");
  }
  const int error = StartSignalFreeThread(&thread_, "um-watchdog", ThreadMain, this);
  if (error != 0) return absl::ErrnoToStatus(error, "a thread for the watchdog; see ulimit -u");
  started_ = true;
  return absl::OkStatus();
}

Watchdog::~Watchdog() {
  {
    MutexLock lock(mutex_);
    if (!started_) return;
  }
  stopping_.store(true);
  Wake();
  pthread_join(thread_, nullptr);
}

void Watchdog::Wake() const {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_->get(), &one, sizeof(one));
}

absl::Status Watchdog::Watch(ReceiverPool& pool, const Warden& warden) {
  MutexLock lock(mutex_);
  if (absl::Status status = StartThread(); !status.ok()) return status;
  const uint64_t id = last_id_ + 1;
  if (!AddTo(epoll_.get(), warden.pidfd(), WardenKey(id))) {
    return absl::ErrnoToStatus(errno, "epoll_ctl for the watchdog");
  }
  last_id_ = id;
  pool.SetWake(wake_);
  watched_[id] = {&pool, &warden};
  Wake();
  return absl::OkStatus();
}

void Watchdog::Forget(ReceiverPool& pool) {
  MutexLock lock(mutex_);
  const auto found = std::find_if(watched_.begin(), watched_.end(),
                                  [&](const auto& entry) { return entry.second.pool == &pool; });
  if (found == watched_.end()) return;
  RemoveFrom(epoll_.get(), found->second.warden->pidfd());
  if (found->second.mood == Mood::kAwaitingCall) RemoveFrom(epoll_.get(), pool.listener_fd());
  watched_.erase(found);
  pool.StopSleeping();
}

void* Watchdog::ThreadMain(void* watchdog) {
  static_cast<Watchdog*>(watchdog)->Run();
  return nullptr;
}

void Watchdog::Run() {
  constexpr int kEvents = 32;
  epoll_event events[kEvents];
  while (!stopping_.load()) {
    const int count = epoll_wait(epoll_.get(), events, kEvents, LookAtAll());
    for (int i = 0; i < count; ++i) OnEvent(events[i].data.u64);
  }
}

// How long to wait until the next look.
int Watchdog::LookAtAll() {
  MutexLock lock(mutex_);
  const Clock::time_point now = Clock::now();
  int wait_ms = kForever;
  for (auto& [id, watched] : watched_) {
    if (watched.mood == Mood::kLooking && watched.next_look <= now) Look(id, watched);
    if (watched.mood != Mood::kLooking) continue;
    const auto left = std::chrono::ceil<milliseconds>(watched.next_look - now).count();
    const int left_ms = static_cast<int>(std::max<int64_t>(left, 0));
    wait_ms = wait_ms == kForever ? left_ms : std::min(wait_ms, left_ms);
  }
  return wait_ms;
}

void Watchdog::LookSoon(Watched& watched, int interval_ms) {
  watched.mood = Mood::kLooking;
  watched.interval_ms = interval_ms;
  watched.next_look = Clock::now() + milliseconds(interval_ms);
}

void Watchdog::Look(uint64_t id, Watched& watched) {
  const ReceiverPool::Activity activity = watched.pool->Look();
  if (activity.parked) return AwaitCall(id, watched);
  if (activity.calls != watched.calls) {
    watched.calls = activity.calls;
    return LookSoon(watched, kBusyMs);
  }
  const int longer = std::max(watched.interval_ms * 2, kBusyMs);
  if (activity.handling) {
    watched.pool->RelieveIfAwaited();
    return LookSoon(watched, std::min(longer, kLongestHandlingMs));
  }
  if (longer <= kIdleMs) return LookSoon(watched, longer);
  if (!watched.pool->SleepUntilCall(watched.calls)) return LookSoon(watched, kBusyMs);
  watched.mood = Mood::kAsleep;
}

void Watchdog::OnEvent(uint64_t key) {
  MutexLock lock(mutex_);
  if (key == kWakeKey) return OnWake();
  const auto found = watched_.find(key / 2);
  if (found == watched_.end()) return;
  Watched& watched = found->second;
  if (key == ListenerKey(found->first)) return OnCall(watched);
  RemoveFrom(epoll_.get(), watched.warden->pidfd());
  if (watched.warden->WasKilled()) watched.pool->Abandon();
}

// Some pool was woken by a call, or has parked: all that sleep are looked at.
void Watchdog::OnWake() {
  uint64_t count;
  [[maybe_unused]] const ssize_t size = read(wake_->get(), &count, sizeof(count));
  for (auto& [id, watched] : watched_) {
    if (watched.mood == Mood::kAwaitingCall) continue;
    const ReceiverPool::Activity activity = watched.pool->Look();
    if (activity.parked || activity.calls != watched.calls) LookSoon(watched, 0);
  }
}

void Watchdog::AwaitCall(uint64_t id, Watched& watched) {
  if (!AddTo(epoll_.get(), watched.pool->listener_fd(), ListenerKey(id))) {
    (void)watched.pool->Unpark();
    return LookSoon(watched, kNoThreadMs);
  }
  watched.mood = Mood::kAwaitingCall;
}

void Watchdog::OnCall(Watched& watched) {
  RemoveFrom(epoll_.get(), watched.pool->listener_fd());
  LookSoon(watched, watched.pool->Unpark() ? 0 : kNoThreadMs);
}

}  // namespace umsdk
