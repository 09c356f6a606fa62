#include "sdk/engine/launch/descendants.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "sdk/engine/launch/process_stat.h"
#include "sdk/engine/launch/raw_syscall.h"

namespace umsdk {
namespace {

// Deeper ones come up when their parents die, and are found by the next call.
constexpr int kMaxDepth = 64;

struct Dirent64 {
  uint64_t ino;
  int64_t offset;
  uint16_t length;
  uint8_t type;
  char name[1];
};

class Walk {
 public:
  Walk(int proc, int signal, bool children_first)
      : proc_(proc), signal_(signal), children_first_(children_first) {}

  void Children(pid_t parent, int depth);

 private:
  void ChildrenOfThread(pid_t parent, const char* tid, int depth);
  void Child(pid_t child, pid_t parent, int depth);
  bool IsChildOf(pid_t child, pid_t parent) const;
  long Open(const ProcPath& path, int flags) const {
    return RawSyscall(SYS_openat, proc_, path.get(), flags | O_RDONLY | O_CLOEXEC, 0);
  }

  int proc_;
  int signal_;
  bool children_first_;
};

void Walk::Children(pid_t parent, int depth) {
  if (depth > kMaxDepth) return;
  const long dir = Open(ProcPath().Number(parent).Text("/task"), O_DIRECTORY);
  if (dir < 0) return;
  alignas(Dirent64) char buffer[512];
  long size;
  while ((size = RawSyscall(SYS_getdents64, dir, buffer, sizeof(buffer))) > 0) {
    for (long at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const Dirent64*>(buffer + at);
      at += entry->length;
      if (entry->name[0] != '.') ChildrenOfThread(parent, entry->name, depth);
    }
  }
  RawSyscall(SYS_close, dir);
}

void Walk::ChildrenOfThread(pid_t parent, const char* tid, int depth) {
  const long file = Open(ProcPath().Number(parent).Text("/task/").Text(tid).Text("/children"), 0);
  if (file < 0) return;
  char buffer[256];
  size_t kept = 0;  // the digits of a number that the last read cut in two
  long size;
  while ((size = RawSyscall(SYS_read, file, buffer + kept, sizeof(buffer) - kept)) > 0) {
    const char* text = buffer;
    const char* end = buffer + kept + size;
    const char* last = end;
    while (last > buffer && last[-1] != ' ') --last;
    for (pid_t child; (child = ParseNumber(text, last)) > 0;) Child(child, parent, depth);
    kept = 0;
    while (last < end) buffer[kept++] = *last++;
  }
  RawSyscall(SYS_close, file);
}

// Whether the process that has the number now is a child of `parent`: the number could have been
// given to a stranger since it was read.
bool Walk::IsChildOf(pid_t child, pid_t parent) const {
  return ParentOf(proc_, child) == parent;
}

void Walk::Child(pid_t child, pid_t parent, int depth) {
  const long pidfd = RawSyscall(SYS_pidfd_open, child, 0);
  if (pidfd < 0) return;
  if (IsChildOf(child, parent)) {
    if (children_first_) Children(child, depth + 1);
    RawSyscall(SYS_pidfd_send_signal, pidfd, signal_, nullptr, 0);
    if (signal_ == SIGTERM) RawSyscall(SYS_pidfd_send_signal, pidfd, SIGCONT, nullptr, 0);
    if (!children_first_) Children(child, depth + 1);
  }
  RawSyscall(SYS_close, pidfd);
}

}  // namespace

void KillDescendantsOf(int proc, pid_t pid) {
  Walk(proc, SIGSTOP, false).Children(pid, 0);
  Walk(proc, SIGKILL, true).Children(pid, 0);
}

void SignalDescendants(int proc, int signal) {
  Walk(proc, signal, false).Children(static_cast<pid_t>(RawSyscall(SYS_getpid)), 0);
}

}  // namespace umsdk
