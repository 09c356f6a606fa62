#ifndef TESTS_GUESTS_HANDLED_H_
#define TESTS_GUESTS_HANDLED_H_

#include <csignal>

#include "gtest/gtest.h"

namespace guest {

// What the last handler saw.
inline volatile sig_atomic_t g_seen;
inline siginfo_t g_info;

inline void Remember(int signal, siginfo_t* info, void*) {
  g_seen = signal;
  g_info = *info;
}

// Handles `signal` with Remember() and keeps it blocked, until the end of the test.
class Handled {
 public:
  explicit Handled(int signal, int flags = 0) : signal_(signal) {
    struct sigaction action = {};
    action.sa_sigaction = Remember;
    action.sa_flags = SA_SIGINFO | flags;
    EXPECT_EQ(sigaction(signal, &action, &old_action_), 0);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    EXPECT_EQ(sigprocmask(SIG_BLOCK, &set, &open_), 0);
    g_seen = 0;
  }
  ~Handled() {
    EXPECT_EQ(sigprocmask(SIG_SETMASK, &open_, nullptr), 0);
    EXPECT_EQ(sigaction(signal_, &old_action_, nullptr), 0);
  }
  // The mask under which the signal is let in.
  const sigset_t* open() const { return &open_; }

 private:
  int signal_;
  struct sigaction old_action_ = {};
  sigset_t open_;
};

}  // namespace guest

#endif  // TESTS_GUESTS_HANDLED_H_
