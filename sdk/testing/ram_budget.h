// Budget: how much of something (pages, inode space) a RamFs may still use.
#ifndef SDK_TESTING_RAM_BUDGET_H_
#define SDK_TESTING_RAM_BUDGET_H_

#include <atomic>
#include <cstdint>

namespace umsdk {

// Thread-safe and lock-free. What was taken must be given back before the budget goes.
class Budget {
 public:
  explicit Budget(uint64_t total) : total_(total), free_(total) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  // All of `amount` or nothing.
  [[nodiscard]] bool Take(uint64_t amount) {
    uint64_t free = free_.load(std::memory_order_relaxed);
    while (free >= amount) {
      if (free_.compare_exchange_weak(free, free - amount, std::memory_order_relaxed)) return true;
    }
    return false;
  }
  void Give(uint64_t amount) { free_.fetch_add(amount, std::memory_order_relaxed); }

  uint64_t total() const { return total_; }
  uint64_t free() const { return free_.load(std::memory_order_relaxed); }

 private:
  const uint64_t total_;
  std::atomic<uint64_t> free_;
};

}  // namespace umsdk

#endif  // SDK_TESTING_RAM_BUDGET_H_
