#ifndef TESTS_GUESTS_TICKER_H_
#define TESTS_GUESTS_TICKER_H_

#include <sys/time.h>
#include <csignal>

#include "gtest/gtest.h"

namespace guest {

// SIGALRM every few milliseconds while it lives, so that a call which blocks is interrupted
// whenever it begins to.
class Ticker {
 public:
  Ticker(void (*handler)(int), int flags) {
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = flags;
    EXPECT_EQ(sigaction(SIGALRM, &action, &old_), 0);
    const struct itimerval often = {{0, 3000}, {0, 3000}};
    EXPECT_EQ(setitimer(ITIMER_REAL, &often, nullptr), 0);
  }
  ~Ticker() {
    const struct itimerval never = {};
    EXPECT_EQ(setitimer(ITIMER_REAL, &never, nullptr), 0);
    EXPECT_EQ(sigaction(SIGALRM, &old_, nullptr), 0);
  }
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

 private:
  struct sigaction old_ = {};
};

}  // namespace guest

#endif  // TESTS_GUESTS_TICKER_H_
