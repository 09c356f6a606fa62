#include "sdk/engine/ptrace/tracer_task.h"

#include <sanitizer/asan_interface.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <system_error>
#include <utility>

#include "sdk/base/all_signals_blocked.h"

namespace umsdk {
namespace {

constexpr size_t kStackSize = 1 << 20;
constexpr int kWakeSignal = SIGUSR1;  // in the tracer's task only, where it is blocked

// The stack of the task, with a guard page below.
class TaskStack {
 public:
  TaskStack() {
    void* memory = ::mmap(nullptr, kStackSize, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return;
    base_ = static_cast<char*>(memory);
    ::mprotect(base_, 4096, PROT_NONE);
  }
  ~TaskStack() {
    if (base_ == nullptr) return;
    // A task that was killed leaves AddressSanitizer's marks of its frames on this memory.
    ASAN_UNPOISON_MEMORY_REGION(base_, kStackSize);
    ::munmap(base_, kStackSize);
  }
  TaskStack(const TaskStack&) = delete;
  TaskStack& operator=(const TaskStack&) = delete;
  char* top() const { return base_ == nullptr ? nullptr : base_ + kStackSize; }

 private:
  char* base_ = nullptr;
};

// Starts the task and waits until it has ended; leaves it as a zombie, so that its pid stays its own.
// Between the two this thread must not touch its thread-local storage, errno included, hence no
// library call and no instrumentation. (Nor could a sanitizer's clone() be used: it is made for forks.)
__attribute__((noinline, no_sanitize("address", "thread", "undefined"))) long RunTask(
    int (*main)(void*), char* stack_top, void* arg) {
  constexpr long kEintr = -EINTR;
  register long zero asm("r8") = 0;       // clone: no storage of its own; waitid: no rusage
  register long options asm("r10") = 0;  // clone: no child_tid
  long result;
  asm volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"
      "mov %[arg], %%rdi\n\t"
      "call *%[main]\n\t"
      "mov %%eax, %%edi\n\t"
      "mov %[exit], %%eax\n\t"
      "syscall\n\t"
      "hlt\n"
      "1:"
      : "=a"(result)
      : "a"(SYS_clone), "D"(CLONE_VM | CLONE_FILES | CLONE_FS), "S"(stack_top), "d"(0),
        "r"(options), "r"(zero), [main] "r"(main), [arg] "r"(arg), [exit] "i"(SYS_exit_group)
      : "rcx", "r11", "memory", "cc");
  const long pid = result;
  if (pid < 0) return pid;
  options = WEXITED | WNOWAIT | __WALL;
  do {
    asm volatile("syscall"
                 : "=a"(result)
                 : "a"(SYS_waitid), "D"(P_PID), "S"(pid), "d"(0), "r"(options), "r"(zero)
                 : "rcx", "r11", "memory");
  } while (result == kEintr);
  return pid;
}

// The task has its own copy of the signal dispositions. Where the host ignores SIGCHLD, the kernel
// would neither wake us nor keep our children for us to reap. By the raw call: a sanitizer's wrapper
// would take it for a change of the host's disposition.
void UndoIgnoredChildSignal() {
  struct KernelAction {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)();
    uint64_t mask;
  } action = {};
  ::syscall(SYS_rt_sigaction, SIGCHLD, &action, nullptr, sizeof(action.mask));
}

}  // namespace

TracerTask::TracerTask(std::function<void()> body, std::function<void()> ended)
    : body_(std::move(body)), ended_(std::move(ended)), host_(::getpid()) {}

TracerTask::~TracerTask() {
  if (anchor_.joinable()) anchor_.join();
}

absl::Status TracerTask::Start() {
  AllSignalsBlocked blocked;
  try {
    anchor_ = std::thread([this] { Anchor(); });
  } catch (const std::system_error& error) {
    return absl::ErrnoToStatus(error.code().value(), "no thread for the ptrace engine");
  }
  return absl::OkStatus();
}

void TracerTask::Anchor() {
  ::prctl(PR_SET_NAME, "umsdk-anchor");
  TaskStack stack;
  const long pid = stack.top() == nullptr ? -1 : RunTask(&TracerTask::Main, stack.top(), this);
  {
    MutexLock lock(mutex_);
    pid_ = 0;
  }
  if (pid > 0) ::waitpid(static_cast<pid_t>(pid), nullptr, __WALL);
  ended_();
}

int TracerTask::Main(void* self) {
  TracerTask& task = *static_cast<TracerTask*>(self);
  // The anchor lives as long as the host does; with it go the task and, by PTRACE_O_EXITKILL, all
  // guests.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != task.host_) return 1;  // it has ended already
  ::prctl(PR_SET_NAME, "umsdk-tracer");
  UndoIgnoredChildSignal();
  {
    MutexLock lock(task.mutex_);
    task.pid_ = static_cast<pid_t>(::syscall(SYS_getpid));
  }
  task.body_();
  return 0;
}

void TracerTask::Wake() {
  MutexLock lock(mutex_);
  if (pid_ != 0) ::syscall(SYS_tgkill, pid_, pid_, kWakeSignal);
}

void TracerTask::Sleep(int timeout_ms) {
  constexpr uint64_t kSignals = (1ull << (SIGCHLD - 1)) | (1ull << (kWakeSignal - 1));
  const timespec timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
  ::syscall(SYS_rt_sigtimedwait, &kSignals, nullptr, timeout_ms < 0 ? nullptr : &timeout,
            sizeof(kSignals));
}

}  // namespace umsdk
