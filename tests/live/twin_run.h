// What the random operation programs share: every operation is made twice, on the file system under
// test and on a model of it (a real tmpfs), and must have the same result.
#ifndef TESTS_LIVE_TWIN_RUN_H_
#define TESTS_LIVE_TWIN_RUN_H_

#include <errno.h>
#include <string.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>

namespace umsdk::live {

// The paths of the two sides: the one under test first.
using Side = int;
inline constexpr Side kTested = 0, kModel = 1;

class TwinRun {
 public:
  // PROGRAM DIR MODEL SEED COUNT
  explicit TwinRun(char** argv)
      : tops_{argv[1], argv[2]},
        seed_(std::strtoull(argv[3], nullptr, 10)),
        count_(std::atoi(argv[4])),
        random_(seed_) {
    std::printf("seed %llu, %d operations\n", static_cast<unsigned long long>(seed_), count_);
  }

  const std::string& top(Side side) const { return tops_[side]; }
  // A number in 0..limit-1.
  unsigned Pick(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

  // Makes `one` on both sides; both must fail with the same errno or succeed with the same value.
  // False when they failed.
  bool Both(const std::string& what, const std::function<long(Side)>& one) {
    what_ = what;
    long results[2];
    int errors[2];
    for (Side side : {kTested, kModel}) {
      errno = 0;
      results[side] = one(side);
      errors[side] = results[side] < 0 ? errno : 0;
      // What the file system under test does not have is not made at all.
      if (side == kTested && (errors[side] == EOPNOTSUPP || errors[side] == ENOSYS)) return false;
    }
    if (results[kTested] != results[kModel] || errors[kTested] != errors[kModel]) {
      Fail("is " + Text(results[kTested], errors[kTested]) + ", should be " +
           Text(results[kModel], errors[kModel]));
    }
    return results[kTested] >= 0;
  }

  [[noreturn]] void Fail(const std::string& why) const {
    std::printf("seed %llu, operation %d: %s: %s\n", static_cast<unsigned long long>(seed_), done_,
                what_.c_str(), why.c_str());
    std::exit(1);
  }

  // Calls `step` for each operation.
  void Run(const std::function<void()>& step) {
    for (done_ = 0; done_ < count_; ++done_) step();
    std::printf("%d operations were the same\n", count_);
  }
  int done() const { return done_; }

 private:
  static std::string Text(long result, int error) {
    return error != 0 ? ::strerrorname_np(error) : std::to_string(result);
  }

  const std::string tops_[2];
  const uint64_t seed_;
  const int count_;
  std::mt19937_64 random_;
  std::string what_ = "start";
  int done_ = 0;
};

}  // namespace umsdk::live

#endif  // TESTS_LIVE_TWIN_RUN_H_
