#include "services/umfuse/daemon_ends.h"

#include <pthread.h>

#include <system_error>
#include <utility>

#include "sdk/base/all_signals_blocked.h"
#include "umsdk/waiting.h"

namespace umsdk::umfuse {
namespace {

constexpr std::chrono::milliseconds kTick(20);

}  // namespace

DaemonEnds::~DaemonEnds() {
  std::vector<std::shared_ptr<DaemonEnd>> left;
  {
    MutexLock lock(mutex_);
    left = ends_;
  }
  WaitingScope nobody(nullptr);
  for (const std::shared_ptr<DaemonEnd>& end : left) (void)end->Await();
  {
    MutexLock lock(mutex_);
    stop_ = true;
    wake_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void DaemonEnds::Begin(std::shared_ptr<DaemonEnd> end) {
  end->Begin();
  MutexLock lock(mutex_);
  ends_.push_back(std::move(end));
  wake_.notify_all();
  if (thread_.joinable()) return;
  AllSignalsBlocked blocked;
  try {
    thread_ = std::thread([this] { Run(); });
  } catch (const std::system_error&) {
    // The next one tries again; who waits meanwhile can be interrupted.
  }
}

void DaemonEnds::Run() {
  ::pthread_setname_np(::pthread_self(), "um-fuse-end");
  while (true) {
    std::vector<std::shared_ptr<DaemonEnd>> ends;
    {
      MutexLock lock(mutex_);
      while (ends_.empty() && !stop_) wake_.wait(mutex_);
      if (stop_) return;
      ends = ends_;
    }
    std::erase_if(ends, [](const std::shared_ptr<DaemonEnd>& end) { return !end->Step(); });
    MutexLock lock(mutex_);
    for (const std::shared_ptr<DaemonEnd>& over : ends) std::erase(ends_, over);
    if (!ends_.empty() && !stop_) wake_.wait_for(mutex_, kTick);
  }
}

}  // namespace umsdk::umfuse
