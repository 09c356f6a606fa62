#include "sdk/engine/ptrace/idle_gauge.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cstdio>

namespace umsdk {
namespace {

constexpr int kSampleEvery = 64;

// Those that this process may use.
int CountProcessors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

}  // namespace

IdleGauge::IdleGauge()
    : loadavg_(::open("/proc/loadavg", O_RDONLY | O_CLOEXEC)), processors_(CountProcessors()) {}

bool IdleGauge::RoomToPoll() {
  if (processors_ < 2 || until_sample_-- > 0) return room_;
  until_sample_ = kSampleEvery;
  char text[128];
  ssize_t size = ::pread(loadavg_.get(), text, sizeof(text) - 1, 0);
  if (size <= 0) return room_ = false;
  text[size] = '\0';
  int runnable = 0;
  return room_ = std::sscanf(text, "%*s %*s %*s %d/", &runnable) == 1 && runnable <= processors_;
}

}  // namespace umsdk
