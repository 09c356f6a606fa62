// Timing for the guest programs of the benchmark: the cost of one call, as the quietest of many
// short batches shows it. A machine that is busy with something else disturbs the other batches.

#ifndef UMSDK_TESTS_BENCH_MEASURE_H_
#define UMSDK_TESTS_BENCH_MEASURE_H_

#include <algorithm>
#include <chrono>
#include <limits>

namespace umsdk {

inline constexpr std::chrono::milliseconds kTimeOfOne{300};
inline constexpr std::chrono::microseconds kTimeOfBatch{2000};

inline double Seconds(std::chrono::steady_clock::duration d) {
  return std::chrono::duration<double>(d).count();
}

template <typename Function>
std::chrono::steady_clock::duration TimeOf(int count, const Function& call) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) call();
  return std::chrono::steady_clock::now() - start;
}

// Nanoseconds of one `call`.
template <typename Function>
double MinNs(const Function& call) {
  int batch = 1;
  while (batch < (1 << 20) && TimeOf(batch, call) < kTimeOfBatch) batch *= 2;
  double best = std::numeric_limits<double>::infinity();
  const auto end = std::chrono::steady_clock::now() + kTimeOfOne;
  do {
    best = std::min(best, Seconds(TimeOf(batch, call)) * 1e9 / batch);
  } while (std::chrono::steady_clock::now() < end);
  return best;
}

}  // namespace umsdk

#endif  // UMSDK_TESTS_BENCH_MEASURE_H_
