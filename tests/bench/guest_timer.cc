// guest_timer N CMD [ARG]...: runs CMD N times, its output thrown away, and prints the seconds of
// the fastest run. It is the clock inside the view: starting the view is measured apart.

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <limits>

#include "tests/bench/measure.h"

namespace umsdk {
namespace {

// Whether `argv` ran and exited with 0.
bool Run(char** argv) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid;
  const int error = posix_spawnp(&pid, argv[0], &actions, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  int status;
  return error == 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

int Main(int argc, char** argv) {
  const int count = argc > 2 ? atoi(argv[1]) : 0;
  if (count < 1) {
    fprintf(stderr, "usage: guest_timer N CMD [ARG]...\n");
    return 2;
  }
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < count; ++i) {
    const auto start = std::chrono::steady_clock::now();
    if (!Run(argv + 2)) {
      fprintf(stderr, "guest_timer: %s failed\n", argv[2]);
      return 1;
    }
    best = std::min(best, Seconds(std::chrono::steady_clock::now() - start));
  }
  printf("%.6f\n", best);
  return 0;
}

}  // namespace
}  // namespace umsdk

int main(int argc, char** argv) { return umsdk::Main(argc, argv); }
