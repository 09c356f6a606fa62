// KnownGuests: the threads that ever made a trapped call; the last resort when a warden is killed.
#ifndef SDK_ENGINE_NOTIFY_KNOWN_GUESTS_H_
#define SDK_ENGINE_NOTIFY_KNOWN_GUESTS_H_

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace umsdk {

// A bit a thread id (the kernel has at most 4 Mi of them), in memory that is touched on demand: two
// nanoseconds a call. Thread-safe.
class KnownGuests {
 public:
  // `parent`: the process from which all guests descend, and so none is older.
  explicit KnownGuests(pid_t parent);
  ~KnownGuests();
  KnownGuests(const KnownGuests&) = delete;
  KnownGuests& operator=(const KnownGuests&) = delete;

  void Add(pid_t tid) {
    const auto number = static_cast<size_t>(tid);
    if (words_ == nullptr || number >= kMaxTid) return;
    std::atomic<uint64_t>& word = words_[number / 64];
    const uint64_t bit = uint64_t{1} << (number % 64);
    if ((word.load(std::memory_order_relaxed) & bit) == 0) {
      word.fetch_or(bit, std::memory_order_relaxed);
    }
  }

  // SIGKILL to all that still live, and to their descendants. A number that was given away since is
  // recognised: its thread is older than the guests, or runs without a seccomp filter.
  void KillAll() const;

 private:
  static constexpr size_t kMaxTid = size_t{1} << 22;
  bool MayBeGuest(pid_t tid) const;

  std::atomic<uint64_t>* words_ = nullptr;
  uint64_t begun_;  // when the parent began, in clock ticks since boot
};

}  // namespace umsdk

#endif  // SDK_ENGINE_NOTIFY_KNOWN_GUESTS_H_
