// RamClock: time stamps as the kernel makes them (multigrain timestamps): from the cheap clock that
// ticks every few milliseconds, and from the fine one where that could not tell two changes apart.
// The cheap clock keeps the stamps in step with time(2) and with files of the host.
#ifndef SDK_TESTING_RAM_CLOCK_H_
#define SDK_TESTING_RAM_CLOCK_H_

#include <time.h>

#include <atomic>
#include <cstdint>

namespace umsdk {

inline bool IsEarlier(const timespec& a, const timespec& b) {
  return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

// Thread-safe. Stamps never go back, unless the system's clock is set back.
class RamClock {
 public:
  timespec Now() const { return FromNanoseconds(CoarseNow()); }

  // A stamp later than `last`, the stamp of the change before.
  timespec After(const timespec& last) {
    const timespec coarse = Now();
    if (IsEarlier(last, coarse)) return coarse;
    const int64_t fine = Read(CLOCK_REALTIME);
    // The floor: whoever asks next must not get an earlier stamp than this one.
    int64_t floor = floor_.load(std::memory_order_relaxed);
    while (floor < fine && !floor_.compare_exchange_weak(floor, fine, std::memory_order_relaxed)) {
    }
    return FromNanoseconds(fine);
  }

 private:
  static constexpr int64_t kSecond = 1'000'000'000;

  static int64_t Read(clockid_t clock) {
    timespec now;
    ::clock_gettime(clock, &now);
    return int64_t{now.tv_sec} * kSecond + now.tv_nsec;
  }
  static timespec FromNanoseconds(int64_t ns) { return {ns / kSecond, ns % kSecond}; }

  int64_t CoarseNow() const {
    const int64_t coarse = Read(CLOCK_REALTIME_COARSE);
    const int64_t floor = floor_.load(std::memory_order_relaxed);
    // A floor far ahead is a leftover of a clock that was set back since.
    return coarse < floor && floor - coarse < kSecond ? floor : coarse;
  }

  std::atomic<int64_t> floor_ = 0;
};

}  // namespace umsdk

#endif  // SDK_TESTING_RAM_CLOCK_H_
