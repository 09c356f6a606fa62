#include <linux/seccomp.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "frontends/doctor/explain.h"
#include "frontends/doctor/listener_trial.h"
#include "frontends/doctor/probes.h"

namespace umsdk::frontends {
namespace {

constexpr char kYama[] = "kernel/yama/ptrace_scope";

std::string PtraceRemedy() {
  std::string scope = Sysctl(kYama);
  if (scope == "2" || scope == "3") {
    return "sysctl kernel.yama.ptrace_scope=" + scope + " refuses it: set it to 1 or 0" +
           (scope == "3" ? " at boot (3 cannot be lowered)" : "");
  }
  return "allow ptrace(2) (Docker before kernel 4.8: --cap-add=SYS_PTRACE)";
}

// ptrace(2), with its number in all the ways that it is declared.
long Ptrace(__ptrace_request request, pid_t pid, unsigned long data = 0) {
  return ::ptrace(request, pid, nullptr, reinterpret_cast<void*>(data));
}

bool IsStop(int status, int signal) {
  return status >= 0 && WIFSTOPPED(status) && status >> 8 == signal;
}

// A child that asks to be traced, stops, and then makes one call; 3: ptrace refused.
int RunTraced(int error_pipe, bool with_filter) {
  if (Ptrace(PTRACE_TRACEME, 0) != 0) {
    int error = errno;
    [[maybe_unused]] ssize_t count = ::write(error_pipe, &error, sizeof(error));
    return 3;
  }
  ::raise(SIGSTOP);
  if (with_filter && InstallFilter(SECCOMP_RET_TRACE, 0) != 0) return 4;
  ::syscall(SYS_getppid);
  return 0;
}

// Starts such a child and waits for its first stop.
class TracedHelper {
 public:
  explicit TracedHelper(bool with_filter) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    in_.Reset(ends[0]);
    out_.Reset(ends[1]);
    helper_.emplace([&] { return RunTraced(out_.get(), with_filter); });
    out_.Reset();
  }
  TrialResult WaitForFirstStop() {
    if (!helper_ || helper_->pid() < 0) return Failed("fork");
    if (IsStop(helper_->Wait(), SIGSTOP)) return {};
    int error = EIO;
    [[maybe_unused]] ssize_t count = ::read(in_.get(), &error, sizeof(error));
    errno = error;
    return Failed("ptrace(PTRACE_TRACEME)");
  }
  // Continues with `request` until a stop with this status (signal and event).
  TrialResult RunUntil(__ptrace_request request, int stop, const char* step) {
    for (int i = 0; i < 100; ++i) {
      if (Ptrace(request, helper_->pid()) != 0) return Failed(step);
      int status = helper_->Wait();
      if (IsStop(status, stop)) return {};
      if (status < 0 || !WIFSTOPPED(status)) break;
    }
    errno = EIO;
    return Failed(step);
  }
  Helper& helper() { return *helper_; }

 private:
  UniqueFd in_, out_;
  std::optional<Helper> helper_;
};

Finding AskTwoStops(const Host& host) {
  TrialResult result = TryInChild([]() -> TrialResult {
    TracedHelper traced(/*with_filter=*/false);
    TrialResult stopped = traced.WaitForFirstStop();
    if (!stopped.ok()) return stopped;
    if (Ptrace(PTRACE_SETOPTIONS, traced.helper().pid(), PTRACE_O_TRACESYSGOOD) != 0) {
      return Failed("ptrace(PTRACE_SETOPTIONS)");
    }
    return traced.RunUntil(PTRACE_SYSCALL, SIGTRAP | 0x80, "ptrace(PTRACE_SYSCALL)");
  });
  return Explain(host, result, "a child was traced from call to call", PtraceRemedy());
}

Finding AskSeize(const Host& host) {
  TrialResult result = TryInChild([]() -> TrialResult {
    Helper sleeper([] { return ::pause(); });
    if (sleeper.pid() < 0) return Failed("fork");
    if (Ptrace(PTRACE_SEIZE, sleeper.pid()) != 0) return Failed("ptrace(PTRACE_SEIZE)");
    if (Ptrace(PTRACE_INTERRUPT, sleeper.pid()) != 0) return Failed("ptrace(PTRACE_INTERRUPT)");
    errno = EIO;
    if (!WIFSTOPPED(sleeper.Wait())) return Failed("no stop after PTRACE_INTERRUPT");
    if (Ptrace(PTRACE_DETACH, sleeper.pid()) != 0) return Failed("ptrace(PTRACE_DETACH)");
    return {};
  });
  return Explain(host, result, "a running child was attached and released", PtraceRemedy());
}

Finding AskOneStop(const Host& host) {
  if (host.filtered) {
    return {.yes = false,
            .error = 0,
            .detail = "not used below an inherited filter, whose answers would outrank it",
            .remedy = "none needed: the ptrace engine takes two stops a call instead"};
  }
  TrialResult result = TryInChild([]() -> TrialResult {
    TracedHelper traced(/*with_filter=*/true);
    TrialResult stopped = traced.WaitForFirstStop();
    if (!stopped.ok()) return stopped;
    if (Ptrace(PTRACE_SETOPTIONS, traced.helper().pid(), PTRACE_O_TRACESECCOMP) != 0) {
      return Failed("ptrace(PTRACE_SETOPTIONS, PTRACE_O_TRACESECCOMP)");
    }
    return traced.RunUntil(PTRACE_CONT, SIGTRAP | PTRACE_EVENT_SECCOMP << 8, "SECCOMP_RET_TRACE");
  });
  return Explain(host, result, "the ptrace engine stops once a call",
                 "none needed: the ptrace engine takes two stops a call instead");
}

Finding AskYama(const Host& host) {
  std::string scope = Sysctl(kYama);
  if (scope.empty()) return {true, 0, "the kernel has no Yama", ""};
  std::string detail = "kernel.yama.ptrace_scope=" + scope;
  if (scope == "0" || scope == "1") return {true, 0, detail, ""};
  if (scope == "2" && host.sys_ptrace)
    return {true, 0, detail + ", and CAP_SYS_PTRACE is there", ""};
  return {false, EPERM, detail, PtraceRemedy()};
}

constexpr Probe kProbes[] = {
    {"ptrace", "the ptrace engine's trap, two stops a call", &AskTwoStops},
    {"ptrace_seize", "attaching to a running guest", &AskSeize},
    {"ptrace_one_stop", "the ptrace engine's faster trap, SECCOMP_RET_TRACE", &AskOneStop},
    {"yama", "Yama lets a process trace and read its descendants", &AskYama},
};

}  // namespace

std::span<const Probe> PtraceProbes() { return kProbes; }

}  // namespace umsdk::frontends
