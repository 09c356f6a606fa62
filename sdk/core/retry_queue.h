// RetryQueue: keys of objects to be asked again, soon and then at growing distances, a bounded
// number of times. For answers that come a moment after their notice.
#ifndef SDK_CORE_RETRY_QUEUE_H_
#define SDK_CORE_RETRY_QUEUE_H_

#include <chrono>
#include <unordered_map>
#include <vector>

#include "sdk/core/open_object.h"

namespace umsdk {

// Not thread-safe. Few keys at a time: those of which a close was seen in the last seconds.
class RetryQueue {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `key` is due soon; one that waits already starts over.
  void Add(ObjectKey key, Time now);
  void Remove(ObjectKey key) { waiting_.erase(key); }
  bool empty() const { return waiting_.empty(); }
  std::vector<ObjectKey> All() const;
  // The keys that are due. They stay for their next time; after the last one they are forgotten.
  std::vector<ObjectKey> TakeDue(Time now);
  // Until the next key is due, for poll(2), rounded up; -1: none waits.
  int TimeoutMs(Time now) const;

 private:
  struct Wait {
    Time due;
    size_t step = 0;
  };
  std::unordered_map<ObjectKey, Wait, ObjectKeyHash> waiting_;
};

}  // namespace umsdk

#endif  // SDK_CORE_RETRY_QUEUE_H_
