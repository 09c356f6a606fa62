#include "services/umfuse/conn_watcher.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <system_error>
#include <utility>
#include <vector>

#include "sdk/base/all_signals_blocked.h"

namespace umsdk::umfuse {
namespace {

constexpr int kMomentMs = 10, kShortMomentMs = 1;
constexpr uint64_t kWake = 0;

}  // namespace

ConnWatcher::~ConnWatcher() {
  if (!thread_.joinable()) return;
  stop_ = true;
  uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof(one));
  thread_.join();
}

bool ConnWatcher::Start() {
  if (thread_.joinable()) return true;
  epoll_.Reset(::epoll_create1(EPOLL_CLOEXEC));
  wake_.Reset(::eventfd(0, EFD_CLOEXEC));
  if (!epoll_.valid() || !wake_.valid()) return false;
  epoll_event event = {};
  event.events = EPOLLIN;
  event.data.u64 = kWake;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
  AllSignalsBlocked blocked;
  try {
    thread_ = std::thread([this] { Run(); });
  } catch (const std::system_error&) {
  }
  return thread_.joinable();
}

void ConnWatcher::Arm(uint64_t id, int operation, int fd) {
  epoll_event event = {};
  event.events = EPOLLIN | EPOLLONESHOT;
  event.data.u64 = id;
  ::epoll_ctl(epoll_.get(), operation, fd, &event);
}

uint64_t ConnWatcher::Watch(int fd, OnReadable on_readable) {
  MutexLock lock(mutex_);
  if (!Start()) return 0;
  uint64_t id = next_++;
  watched_[id] = {fd, std::move(on_readable)};
  Arm(id, EPOLL_CTL_ADD, fd);
  return id;
}

void ConnWatcher::Unwatch(uint64_t id) {
  MutexLock calling(call_mutex_);
  MutexLock lock(mutex_);
  auto it = watched_.find(id);
  if (it == watched_.end()) return;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, it->second.fd, nullptr);
  watched_.erase(it);
}

void ConnWatcher::Run() {
  ::pthread_setname_np(::pthread_self(), "um-fuse");
  std::vector<uint64_t> unarmed;
  int moment = kMomentMs;
  while (!stop_) {
    epoll_event events[16];
    int count = ::epoll_wait(epoll_.get(), events, 16, unarmed.empty() ? -1 : moment);
    if (count <= 0) {
      moment = kMomentMs;
      MutexLock lock(mutex_);
      for (uint64_t id : std::exchange(unarmed, {})) {
        auto it = watched_.find(id);
        if (it != watched_.end()) Arm(id, EPOLL_CTL_MOD, it->second.fd);
      }
    }
    for (int i = 0; i < count; ++i) {
      uint64_t id = events[i].data.u64;
      if (id == kWake) continue;
      MutexLock calling(call_mutex_);
      OnReadable on_readable;
      {
        MutexLock lock(mutex_);
        auto it = watched_.find(id);
        if (it == watched_.end()) continue;
        on_readable = it->second.on_readable;
      }
      const Next next = on_readable();
      if (next == Next::kSoon) moment = kShortMomentMs;
      if (next != Next::kEnd) {
        unarmed.push_back(id);
        continue;
      }
      MutexLock lock(mutex_);
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, watched_[id].fd, nullptr);
      watched_.erase(id);
    }
  }
}

}  // namespace umsdk::umfuse
