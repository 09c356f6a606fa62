// ProcStat: one look at /proc/TID/stat.
#ifndef SDK_BASE_PROC_STAT_H_
#define SDK_BASE_PROC_STAT_H_

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "sdk/base/unique_fd.h"

namespace umsdk {

// Immutable: what the kernel said at one moment.
class ProcStat {
 public:
  // Of a thread; a process is named by its first one. nullopt when it is gone.
  static std::optional<ProcStat> Read(pid_t tid) {
    return ReadFile("/proc/" + std::to_string(tid) + "/stat");
  }
  // Of this process, whatever number it has in /proc.
  static std::optional<ProcStat> ReadOwn() { return ReadFile("/proc/self/stat"); }

  // 'R', 'S', 'D', 'T', ...
  char state() const { return fields_[0]; }
  pid_t parent() const { return static_cast<pid_t>(Field(4)); }
  // Ticks since boot: with the thread's number it names a thread for good.
  uint64_t started() const { return Field(22); }

  // The number in a field behind the state, counted as in proc(5); 0 when there is none.
  uint64_t Field(int number) const {
    size_t at = 0;
    for (int field = kState; field < number && at != std::string::npos; ++field) {
      at = fields_.find(' ', at + 1);
    }
    return at == std::string::npos ? 0 : std::strtoull(fields_.c_str() + at, nullptr, 10);
  }

 private:
  static constexpr size_t kMost = 2048;  // 52 numbers and a name
  static constexpr int kState = 3;       // where fields_ begins

  static std::optional<ProcStat> ReadFile(const std::string& path) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string text(kMost, '\0');
    const ssize_t size = file.valid() ? ::read(file.get(), text.data(), text.size()) : -1;
    if (size <= 0) return std::nullopt;
    text.resize(static_cast<size_t>(size));
    // "PID (NAME) STATE PPID ...": the name may hold anything, so from its last bracket on.
    const size_t name_end = text.rfind(") ");
    if (name_end == std::string::npos || name_end + 2 >= text.size()) return std::nullopt;
    return ProcStat(text.substr(name_end + 2));
  }

  explicit ProcStat(std::string fields) : fields_(std::move(fields)) {}

  std::string fields_;
};

}  // namespace umsdk

#endif  // SDK_BASE_PROC_STAT_H_
