#include "frontends/session/sub_view.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "frontends/control/control.h"
#include "frontends/session/descendants.h"
#include "frontends/session/job_control.h"
#include "frontends/session/outcome.h"
#include "sdk/base/status_macros.h"
#include "sdk/base/unique_fd.h"

namespace umsdk::frontends {
namespace {

constexpr std::chrono::milliseconds kGrace(2000);  // from SIGTERM to SIGKILL

// What only the command line asks for: rc files and the environment spoke to the outer umview.
std::vector<ServiceArguments> WantedServices(const Options& options) {
  std::vector<ServiceArguments> services;
  for (const Preload& preload : options.preloads) {
    if (preload.source == Source::kCommandLine)
      services.push_back({preload.name, preload.arguments});
  }
  return services;
}

absl::Status Enter(const Options& options) {
  // Orphans of the sub-view stay below this process, which is how they are known to belong to it.
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
    return absl::ErrnoToStatus(errno, "PR_SET_CHILD_SUBREAPER");
  std::string error;
  ErrnoOrOk entered = EnterSubView(WantedServices(options), error);
  if (entered.ok()) return absl::OkStatus();
  if (!error.empty()) return absl::FailedPreconditionError(absl::StrCat("-p ", error));
  return absl::InternalError(absl::StrCat("the outer umview makes no sub-view: ",
                                          std::strerror(static_cast<int>(entered.error()))));
}

class SubView {
 public:
  explicit SubView(const Options& options) : options_(options) {}

  // Fills `outcome`; an error means that no command ran.
  absl::Status Run(Outcome& outcome) {
    UMSDK_RETURN_IF_ERROR(jobs_.Open());
    UMSDK_RETURN_IF_ERROR(Enter(options_));
    UMSDK_RETURN_IF_ERROR(Start(outcome));
    jobs_.Start({command_, [this] { Terminate(); }}, [] { return false; });
    int status = Wait();
    jobs_.Finish();
    outcome.termination_signal = jobs_.termination_signal();
    EndDescendants(kGrace);
    if (ErrnoOrOk left = LeaveSubView(); !left.ok())
      return absl::InternalError("the sub-view is gone already");
    outcome.exit.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    outcome.exit.code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return absl::OkStatus();
  }

 private:
  // The command, with its errno in `outcome` when it cannot be executed.
  absl::Status Start(Outcome& outcome) {
    std::vector<std::string> words = options_.command;
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "pipe");
    UniqueFd failed(ends[0]), report(ends[1]);
    if (!options_.view_name.empty()) ::setenv("UMVIEW_VIEWNAME", options_.view_name.c_str(), 1);
    command_ = ::fork();
    if (command_ < 0) return absl::ErrnoToStatus(errno, "fork");
    if (command_ == 0) {
      ::execvp(argv[0], argv.data());
      int error = errno;
      (void)!::write(report.get(), &error, sizeof(error));
      ::_exit(ExecFailureCode(error));
    }
    pidfd_.Reset(static_cast<int>(::syscall(SYS_pidfd_open, command_, 0)));
    report.Reset();
    int error = 0;
    ssize_t size;
    do {
      size = ::read(failed.get(), &error, sizeof(error));
    } while (size < 0 && errno == EINTR);
    if (size == static_cast<ssize_t>(sizeof(error))) outcome.exit.exec_errno = error;
    return absl::OkStatus();
  }

  // Until the command ends; buries orphans meanwhile.
  int Wait() {
    for (;;) {
      int status = 0;
      pid_t pid = ::waitpid(-1, &status, WUNTRACED);
      if (pid < 0 && errno != EINTR) return W_EXITCODE(kExitFailed, 0);
      if (pid != command_) continue;
      if (!WIFSTOPPED(status)) return status;
      jobs_.NotifyStop(WSTOPSIG(status));
    }
  }

  // From the thread of job control, while Wait() goes on.
  void Terminate() const {
    SignalDescendants(SIGTERM);
    pollfd ended{pidfd_.get(), POLLIN, 0};
    if (::poll(&ended, 1, static_cast<int>(kGrace.count())) == 0) SignalDescendants(SIGKILL);
  }

  const Options& options_;
  JobControl jobs_;
  pid_t command_ = -1;
  UniqueFd pidfd_;
};

}  // namespace

int RunSubView(const Options& options, Log& log) {
  if (!options.own_view_flag.empty()) {
    log.Say(absl::StrCat(
        options.own_view_flag,
        ": this is inside a view, and its supervisor serves a sub-view as it does the rest; "
        "--no-subview starts a view of its own"));
    return kExitFailed;
  }
  const std::string& program = options.command.front();
  if (!options.quiet)
    log.Say(absl::StrCat("inside a view already: ", program, " gets a sub-view of it"));
  Outcome outcome;
  absl::Status status = SubView(options).Run(outcome);
  if (!status.ok()) {
    log.Say(std::string(status.message()));
    return kExitFailed;
  }
  if (outcome.exit.exec_errno != 0) log.Say(ExecFailureText(program, outcome.exit.exec_errno));
  return outcome.code();
}

}  // namespace umsdk::frontends
