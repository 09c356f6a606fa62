#ifndef TESTS_GUESTS_CHILD_H_
#define TESTS_GUESTS_CHILD_H_

#include <grp.h>
#include <sched.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace guest {

constexpr uid_t kPlainUser = 65534;

// Runs `body` in a child, which ends with 1 when an expectation failed in it, else with 0.
template <typename Body>
pid_t Fork(Body body) {
  std::fflush(stdout);
  std::fflush(stderr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  body();
  std::fflush(stdout);
  std::fflush(stderr);
  _exit(::testing::Test::HasFailure() ? 1 : 0);
}

// The wait status of `pid`, once it has ended.
inline int WaitFor(pid_t pid) {
  int status = -1;
  pid_t got;
  do {
    got = waitpid(pid, &status, 0);
  } while (got < 0 && errno == EINTR);
  EXPECT_EQ(got, pid);
  return status;
}

template <typename Body>
int ForkAndWait(Body body) {
  return WaitFor(Fork(body));
}

// Runs `body` in a child and fails when an expectation failed there.
template <typename Body>
void PassesInChild(Body body) {
  EXPECT_EQ(ForkAndWait(body), 0) << "wait status of the child";
}

// The same, but in the child of root the privileges are dropped first.
template <typename Body>
void PassesAsPlainUser(Body body) {
  PassesInChild([&] {
    if (geteuid() == 0) {
      ASSERT_EQ(setgroups(0, nullptr), 0);
      ASSERT_EQ(setresgid(kPlainUser, kPlainUser, kPlainUser), 0);
      ASSERT_EQ(setresuid(kPlainUser, kPlainUser, kPlainUser), 0);
    }
    body();
  });
}

inline bool ExitedWith(int status, int code) {
  return WIFEXITED(status) && WEXITSTATUS(status) == code;
}

inline bool KilledBy(int status, int signal) {
  return WIFSIGNALED(status) && WTERMSIG(status) == signal;
}

// Waits, by looking and not by time, until thread `tid` sleeps in system call `number`.
inline void AwaitBlockedIn(pid_t tid, long number) {
  const std::string proc = "/proc/" + std::to_string(tid);
  for (;;) {
    long current = -1;
    std::string stat;
    std::ifstream(proc + "/syscall") >> current;
    std::getline(std::ifstream(proc + "/stat"), stat);
    const size_t paren = stat.rfind(')');
    if (paren == std::string::npos) return;  // It is gone: let the caller's expectation tell.
    const char state = stat[paren + 2];
    // 't': the ptrace engine holds it in the call, which waits there.
    if (current == number && (state == 'S' || state == 'D' || state == 't')) return;
    sched_yield();
  }
}

// "native", "notify" or "ptrace": for the few rows that are documented to differ.
inline std::string Engine() {
  const char* engine = std::getenv("UM_ENGINE");
  return engine == nullptr ? "native" : engine;
}

}  // namespace guest

#endif  // TESTS_GUESTS_CHILD_H_
