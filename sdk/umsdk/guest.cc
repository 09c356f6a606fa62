#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <utility>

#include "umsdk/exit_status.h"
#include "umsdk/supervisor.h"
#include "umsdk/supervisor_impl.h"
#include "umsdk/tree_end.h"

namespace umsdk {
namespace {

// True when the time is over before the tree has an event.
bool TimedOut(GuestTree& tree, const std::optional<std::chrono::steady_clock::time_point>& deadline) {
  if (!deadline.has_value()) return false;
  while (true) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return true;
    pollfd event{tree.event_fd(), POLLIN, 0};
    int ready = ::poll(&event, 1, static_cast<int>(std::min<int64_t>(left.count(), 1 << 30)));
    if (ready > 0) return false;
  }
}

}  // namespace

Guest::Guest(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Guest::Guest(Guest&&) noexcept = default;
Guest& Guest::operator=(Guest&&) noexcept = default;
Guest::~Guest() = default;

pid_t Guest::pid() const { return impl_->tree->pid(); }
absl::Status Guest::Signal(int signal) { return impl_->tree->Signal(signal); }
void Guest::Terminate() { EndTree(*impl_->tree, *impl_->supervisor->view); }

absl::StatusOr<ExitStatus> Guest::Wait() {
  MutexLock lock(impl_->wait_mutex);
  if (impl_->status.has_value()) return *impl_->status;
  std::optional<std::chrono::steady_clock::time_point> deadline;
  if (impl_->timeout.has_value()) deadline = std::chrono::steady_clock::now() + *impl_->timeout;
  GuestTree& tree = *impl_->tree;
  bool timed_out = false;
  GuestEvent event;
  do {
    if (!timed_out && TimedOut(tree, deadline)) {
      timed_out = true;
      deadline.reset();
      EndTree(tree, *impl_->supervisor->view);
    }
    event = tree.WaitEvent();
    if (event.kind == GuestEvent::Kind::kStopped && impl_->supervisor->on_stop) {
      impl_->supervisor->on_stop(WSTOPSIG(event.wait_status));
    }
  } while (event.kind == GuestEvent::Kind::kStopped || event.kind == GuestEvent::Kind::kContinued);
  if (event.kind == GuestEvent::Kind::kLost) {
    return absl::AbortedError("the view's warden process was killed, so all guests were killed too");
  }
  // In order: what was written reaches its place before anybody is killed.
  if (!impl_->supervisor->linger) impl_->supervisor->view->objects().WriteBackAll(false);
  if (impl_->supervisor->linger) {
    tree.Terminate(std::chrono::milliseconds(0), true);
  } else {
    EndTree(tree, *impl_->supervisor->view);
  }
  impl_->status = ToExitStatus(event);
  impl_->status->timed_out = timed_out;
  return *impl_->status;
}

}  // namespace umsdk
