#include "services/umfuse/process_progress.h"

#include <dirent.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sdk/base/proc_stat.h"

namespace umsdk::umfuse {
namespace {

// Bytes that write(2) took and pages made dirty.
std::optional<uint64_t> WrittenBy(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/io"));
  std::optional<uint64_t> sum;
  std::string name;
  for (uint64_t value = 0; file >> name >> value;) {
    if (name == "wchar:" || name == "write_bytes:") sum = sum.value_or(0) + value;
  }
  return sum;
}

struct Activity {
  uint64_t cpu = 0;  // nanoseconds of all threads
  bool ready = false;  // one of them runs, or would
  bool disk = false;   // one of them waits for a disk
};

void AddThread(const std::string& tasks, const char* thread, Activity& activity) {
  uint64_t cpu = 0;
  std::ifstream(absl::StrCat(tasks, "/", thread, "/schedstat")) >> cpu;
  activity.cpu += cpu;
  const std::optional<ProcStat> stat = ProcStat::Read(std::atoi(thread));
  const char state = stat ? stat->state() : '?';
  activity.ready = activity.ready || state == 'R';
  activity.disk = activity.disk || state == 'D';
}

Activity ActivityOf(pid_t pid) {
  Activity activity;
  std::string tasks = absl::StrCat("/proc/", pid, "/task");
  std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(tasks.c_str()), &::closedir);
  while (dirent* entry = dir ? ::readdir(dir.get()) : nullptr) {
    if (entry->d_name[0] != '.') AddThread(tasks, entry->d_name, activity);
  }
  return activity;
}

}  // namespace

void ProcessProgress::Look(Clock::time_point now) {
  looked_ = now;
  Activity activity = ActivityOf(pid_);
  bool ran = std::exchange(cpu_, activity.cpu) != activity.cpu;
  std::optional<uint64_t> written = WrittenBy(pid_);
  bool wrote = written ? std::exchange(written_, *written) != *written : ran;
  if (first_ || wrote || activity.disk) wrote_ = active_ = now;
  if (ran || activity.ready) active_ = now;
  first_ = false;
}

}  // namespace umsdk::umfuse
