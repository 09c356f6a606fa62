#include "sdk/core/event_hub.h"

#include <deque>
#include <optional>
#include <utility>

namespace umsdk {

// Thread-safe.
class EventHub::Queue {
 public:
  void Push(const ViewEvent& event) {
    MutexLock lock(mutex_);
    if (events_.size() >= kMostKept) {
      ++lost_;
      events_.pop_front();
    }
    events_.push_back(event);
    came_.notify_all();
  }
  std::optional<ViewEvent> Pop(std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    MutexLock lock(mutex_);
    while (events_.empty()) {
      const auto now = std::chrono::steady_clock::now();
      if (now >= end) return std::nullopt;
      came_.wait_for(mutex_, end - now);
    }
    ViewEvent event = std::move(events_.front());
    events_.pop_front();
    event.lost = std::exchange(lost_, 0);
    return event;
  }

 private:
  Mutex mutex_;
  CondVar came_;
  std::deque<ViewEvent> events_ UMSDK_GUARDED_BY(mutex_);
  uint64_t lost_ UMSDK_GUARDED_BY(mutex_) = 0;
};

class EventHub::Watcher final : public ViewEvents {
 public:
  explicit Watcher(std::shared_ptr<Queue> queue) : queue_(std::move(queue)) {}
  std::optional<ViewEvent> Next(std::chrono::milliseconds limit) override { return queue_->Pop(limit); }

 private:
  const std::shared_ptr<Queue> queue_;
};

void EventHub::Publish(ViewEvent::Kind kind, const std::string& subject, const std::string& detail) {
  if (watchers_ == 0) return;
  const ViewEvent event = {kind, std::chrono::system_clock::now(), subject, detail, 0};
  MutexLock lock(mutex_);
  std::erase_if(queues_, [&](const std::weak_ptr<Queue>& one) {
    std::shared_ptr<Queue> queue = one.lock();
    if (queue) queue->Push(event);
    return !queue;
  });
  watchers_ = queues_.size();
}

std::unique_ptr<ViewEvents> EventHub::Watch() {
  auto queue = std::make_shared<Queue>();
  MutexLock lock(mutex_);
  queues_.push_back(queue);
  watchers_ = queues_.size();
  return std::make_unique<Watcher>(std::move(queue));
}

}  // namespace umsdk
