// MemoryBudget: how much file data the view may hold in memory. Thread-safe.
#ifndef SDK_CORE_MEMORY_BUDGET_H_
#define SDK_CORE_MEMORY_BUDGET_H_

#include <atomic>
#include <cstdint>

namespace umsdk {

class MemoryBudget {
 public:
  // Bytes: the largest file that is held wholly, and the bound for all such files together.
  MemoryBudget(uint64_t file_limit, uint64_t total) : file_limit_(file_limit), total_(total) {}
  uint64_t file_limit() const { return file_limit_; }
  uint64_t used() const { return used_; }
  // False, and nothing taken, when that would be too much.
  bool Take(uint64_t bytes) {
    if (used_.fetch_add(bytes) + bytes <= total_) return true;
    used_ -= bytes;
    return false;
  }
  void Give(uint64_t bytes) { used_ -= bytes; }

 private:
  const uint64_t file_limit_, total_;
  std::atomic<uint64_t> used_{0};
};

}  // namespace umsdk

#endif  // SDK_CORE_MEMORY_BUDGET_H_
