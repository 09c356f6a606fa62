#include "umsdk/tree_end.h"

#include <chrono>
#include <system_error>
#include <thread>

#include "sdk/base/all_signals_blocked.h"
#include "sdk/base/mutex.h"
#include "sdk/core/ordered_end.h"

namespace umsdk {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kGrace(2000);  // from SIGTERM to SIGKILL
constexpr std::chrono::hours kUntilTold(24 * 365);
constexpr std::chrono::milliseconds kTick(50);
constexpr std::chrono::seconds kLinePeriod(10);

// The ending of a tree on a thread of its own, with a SIGKILL that only comes when it is told.
class SlowEnd {
 public:
  explicit SlowEnd(GuestTree& tree) : tree_(tree) {
    AllSignalsBlocked blocked;
    try {
      thread_ = std::thread([this] { Run(); });
    } catch (const std::system_error&) {
      over_ = true;
    }
  }
  ~SlowEnd() {
    tree_.Terminate(std::chrono::milliseconds(0), false);
    if (thread_.joinable()) thread_.join();
  }
  bool OverWithin(std::chrono::milliseconds time) {
    MutexLock lock(mutex_);
    if (!over_) changed_.wait_for(mutex_, time);
    return over_;
  }

 private:
  void Run() {
    tree_.Terminate(kUntilTold, false);
    MutexLock lock(mutex_);
    over_ = true;
    changed_.notify_all();
  }

  GuestTree& tree_;
  Mutex mutex_;
  CondVar changed_;
  bool over_ UMSDK_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace

void EndTree(GuestTree& tree, View& view) {
  if (view.mount_ends().empty()) return tree.Terminate(kGrace, false);
  UnmountLeaning(view);
  SlowEnd end(tree);
  const Clock::time_point start = Clock::now();
  Clock::time_point line = start + kLinePeriod;
  while (!end.OverWithin(kTick)) {
    Clock::time_point now = Clock::now();
    if (now - start < kGrace) continue;
    if (!view.mount_ends().Working()) return;
    if (now < line) continue;
    view.options().report("waiting for a FUSE program that still writes");
    line = now + kLinePeriod;
  }
}

}  // namespace umsdk
