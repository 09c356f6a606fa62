#include "sdk/core/retry_queue.h"

#include <algorithm>
#include <iterator>

namespace umsdk {
namespace {

using std::chrono::milliseconds;

// The kernel is between telling of a close and dropping its counts for microseconds, unless its
// thread loses the processor there.
constexpr milliseconds kSteps[] = {milliseconds(1),   milliseconds(2),   milliseconds(5),
                                   milliseconds(20),  milliseconds(100), milliseconds(500),
                                   milliseconds(2000)};

}  // namespace

void RetryQueue::Add(ObjectKey key, Time now) { waiting_[key] = {now + kSteps[0], 0}; }

std::vector<ObjectKey> RetryQueue::All() const {
  std::vector<ObjectKey> keys;
  for (const auto& [key, wait] : waiting_) keys.push_back(key);
  return keys;
}

std::vector<ObjectKey> RetryQueue::TakeDue(Time now) {
  std::vector<ObjectKey> due;
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    Wait& wait = it->second;
    if (wait.due > now) {
      ++it;
      continue;
    }
    due.push_back(it->first);
    if (++wait.step == std::size(kSteps)) {
      it = waiting_.erase(it);
    } else {
      wait.due = now + kSteps[wait.step];
      ++it;
    }
  }
  return due;
}

int RetryQueue::TimeoutMs(Time now) const {
  if (waiting_.empty()) return -1;
  Time first = Time::max();
  for (const auto& [key, wait] : waiting_) first = std::min(first, wait.due);
  if (first <= now) return 0;
  return static_cast<int>(std::chrono::ceil<milliseconds>(first - now).count());
}

}  // namespace umsdk
