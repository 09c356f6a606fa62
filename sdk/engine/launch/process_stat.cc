#include "sdk/engine/launch/process_stat.h"

#include <fcntl.h>
#include <sys/syscall.h>

#include "sdk/engine/launch/raw_syscall.h"

namespace umsdk {
namespace {

// The beginning of the file, from the state on: "S 123 ...".
class Stat {
 public:
  Stat(int proc, pid_t pid) {
    const long file = RawSyscall(SYS_openat, proc, ProcPath().Number(pid).Text("/stat").get(),
                                 O_RDONLY | O_CLOEXEC, 0);
    if (file < 0) return;
    const long size = RawSyscall(SYS_read, file, buffer_, sizeof(buffer_));
    RawSyscall(SYS_close, file);
    const char* text = buffer_ + (size > 0 ? size : 0);
    end_ = text;
    while (text > buffer_ && text[-1] != ')') --text;  // the name may hold anything, brackets too
    state_ = text == buffer_ || end_ - text < 4 ? end_ : text + 1;
  }
  const char* state() const { return state_; }
  const char* end() const { return end_; }

 private:
  char buffer_[256];
  const char* end_ = buffer_;
  const char* state_ = buffer_;
};

}  // namespace

ProcPath& ProcPath::Text(const char* text) {
  while (*text != 0 && size_ + 1 < sizeof(path_)) path_[size_++] = *text++;
  path_[size_] = 0;
  return *this;
}

ProcPath& ProcPath::Number(pid_t number) {
  char digits[12];
  int count = 0;
  do {
    digits[count++] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number > 0);
  while (count > 0 && size_ + 1 < sizeof(path_)) path_[size_++] = digits[--count];
  path_[size_] = 0;
  return *this;
}

pid_t ParseNumber(const char*& text, const char* end) {
  while (text < end && *text == ' ') ++text;
  if (text == end || *text < '0' || *text > '9') return -1;
  pid_t number = 0;
  while (text < end && *text >= '0' && *text <= '9') number = number * 10 + (*text++ - '0');
  return number;
}

char ProcessState(int proc, pid_t pid) {
  const Stat stat(proc, pid);
  return stat.state() < stat.end() ? *stat.state() : '\0';
}

pid_t ParentOf(int proc, pid_t pid) {
  const Stat stat(proc, pid);
  if (stat.state() >= stat.end()) return -1;
  const char* text = stat.state() + 2;
  return ParseNumber(text, stat.end());
}

}  // namespace umsdk
