#include "sdk/engine/ptrace/ptrace_engine.h"

#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sdk/base/status_macros.h"
#include "sdk/engine/filter/seccomp_filter.h"
#include "sdk/engine/launch/warden.h"
#include "sdk/engine/ptrace/command_start.h"
#include "sdk/engine/ptrace/joined_start.h"
#include "sdk/engine/ptrace/own_rules.h"
#include "sdk/engine/ptrace/proc_status.h"
#include "sdk/engine/ptrace/ptrace_tree.h"

namespace umsdk {
namespace {

// PTRACE_GET_SYSCALL_INFO came with 5.3, pidfd_getfd with 5.6.
constexpr int kNeededMajor = 5, kNeededMinor = 6;

absl::Status CheckKernel() {
  utsname names = {};
  int major = 0, minor = 0;
  ::uname(&names);
  if (std::sscanf(names.release, "%d.%d", &major, &minor) != 2 || major > kNeededMajor ||
      (major == kNeededMajor && minor >= kNeededMinor)) {
    return absl::OkStatus();
  }
  return absl::UnimplementedError(
      absl::StrCat("ptrace engine: needs Linux 5.6, this is ", &names.release[0]));
}

bool HasSeccompFilter() { return ::prctl(PR_GET_SECCOMP) > 0; }

uint64_t SignalMask() {
  uint64_t mask = 0;
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, nullptr, &mask, sizeof(mask));
  return mask;
}

// The mode is still to be chosen.
CallRunner::Options RunnerOptions(const PtraceEngine::Options& engine) {
  CallRunner::Options options;
  options.vectored_memory = engine.vectored_memory;
  options.report = engine.report;
  return options;
}

SeccompFilter TraceFilter(const TrapSet& traps) {
  TrapSet all = traps;
  AddOwnTraps(all);
  return SeccompFilter(all, SECCOMP_RET_TRACE);
}

absl::StatusOr<std::unique_ptr<GuestTree>> StartTree(const CallRunner::Options& options,
                                                     const TrapSet& traps, CallHandler& handler,
                                                     std::unique_ptr<FirstGuest> start) {
  auto tree = std::make_unique<PtraceTree>(options, traps, handler, std::move(start));
  UMSDK_RETURN_IF_ERROR(tree->Start());
  return std::unique_ptr<GuestTree>(std::move(tree));
}

absl::StatusOr<std::unique_ptr<GuestTree>> LaunchWith(const CallRunner::Options& options,
                                                      const LaunchSpec& spec, const TrapSet& traps,
                                                      CallHandler& handler) {
  std::vector<sock_filter> filter;
  if (options.one_stop) filter = TraceFilter(traps).program();
  UMSDK_ASSIGN_OR_RETURN(std::unique_ptr<CommandStart> start,
                         CommandStart::Make(spec, std::move(filter), SignalMask()));
  return StartTree(options, traps, handler, std::move(start));
}

}  // namespace

absl::StatusOr<std::unique_ptr<GuestTree>> PtraceEngine::Launch(const LaunchSpec& spec,
                                                                const TrapSet& traps,
                                                                CallHandler& handler) {
  UMSDK_RETURN_IF_ERROR(CheckKernel());
  CallRunner::Options options = RunnerOptions(options_);
  options.one_stop = options_.seccomp_trace && !HasSeccompFilter();
  if (options.one_stop) {
    auto tree = LaunchWith(options, spec, traps, handler);
    if (tree.ok() || !absl::IsUnavailable(tree.status())) return tree;
    options.one_stop = false;  // filters are refused here
  }
  return LaunchWith(options, spec, traps, handler);
}

absl::StatusOr<std::unique_ptr<GuestTree>> PtraceEngine::Admit(UniqueFd connection,
                                                               const TrapSet& traps,
                                                               CallHandler& handler) {
  UMSDK_RETURN_IF_ERROR(CheckKernel());
  std::optional<SeccompFilter> filter;
  if (options_.seccomp_trace) filter = TraceFilter(traps);
  UMSDK_ASSIGN_OR_RETURN(std::unique_ptr<Warden> warden,
                         Warden::Admit(std::move(connection), filter ? &*filter : nullptr,
                                       ListenerUse::kNone));
  CallRunner::Options options = RunnerOptions(options_);
  // Two stops work in any case; one, where there is a filter that asks for it.
  options.one_stop = options_.seccomp_trace && warden->has_filter() &&
                     ProcStatus(warden->command()).Number("Seccomp") == SECCOMP_MODE_FILTER;
  return StartTree(options, traps, handler, std::make_unique<JoinedStart>(std::move(warden)));
}

}  // namespace umsdk
