#include "sdk/engine/ptrace/tree_state.h"

#include <sys/eventfd.h>

#include <utility>

namespace umsdk {

TreeState::TreeState() : event_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

bool TreeState::IsLast(const GuestEvent& event) {
  return event.kind == GuestEvent::Kind::kExited || event.kind == GuestEvent::Kind::kLost;
}

void TreeState::SetStarted(absl::StatusOr<Command> command) {
  MutexLock lock(mutex_);
  if (!started_.has_value()) started_ = std::move(command);
  changed_.notify_all();
}

void TreeState::PushEvent(const GuestEvent& event) {
  MutexLock lock(mutex_);
  if (last_pushed_) return;
  last_pushed_ = IsLast(event);
  events_.push_back(event);
  ::eventfd_write(event_fd_.get(), 1);
  changed_.notify_all();
}

void TreeState::SetEnded() {
  MutexLock lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

absl::StatusOr<TreeState::Command> TreeState::AwaitStart() {
  MutexLock lock(mutex_);
  while (!started_.has_value()) changed_.wait(mutex_);
  return *std::move(started_);
}

GuestEvent TreeState::WaitEvent() {
  MutexLock lock(mutex_);
  while (events_.empty()) changed_.wait(mutex_);
  GuestEvent event = events_.front();
  if (IsLast(event)) return event;  // it stays: whoever asks again hears the same
  events_.pop_front();
  eventfd_t ignored;
  if (events_.empty()) ::eventfd_read(event_fd_.get(), &ignored);
  return event;
}

bool TreeState::AwaitEnd(std::optional<std::chrono::milliseconds> timeout) {
  MutexLock lock(mutex_);
  if (!timeout.has_value()) {
    while (!ended_) changed_.wait(mutex_);
    return true;
  }
  auto deadline = std::chrono::steady_clock::now() + *timeout;
  while (!ended_) {
    if (changed_.wait_until(mutex_, deadline) == std::cv_status::timeout) return ended_;
  }
  return true;
}

}  // namespace umsdk
