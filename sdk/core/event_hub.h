// EventHub: what happens in a layer, for those who watch it. Costs one load while nobody does.
#ifndef SDK_CORE_EVENT_HUB_H_
#define SDK_CORE_EVENT_HUB_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "sdk/base/mutex.h"
#include "umsdk/administration.h"

namespace umsdk {

// Thread-safe. Nobody who watches can hold up Publish: of one who is slow the oldest events are dropped.
class EventHub {
 public:
  static constexpr size_t kMostKept = 1000;  // events a watcher

  void Publish(ViewEvent::Kind kind, const std::string& subject, const std::string& detail = "");
  // May outlive the hub.
  std::unique_ptr<ViewEvents> Watch();

 private:
  class Queue;
  class Watcher;

  std::atomic<size_t> watchers_{0};
  Mutex mutex_;
  std::vector<std::weak_ptr<Queue>> queues_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // SDK_CORE_EVENT_HUB_H_
