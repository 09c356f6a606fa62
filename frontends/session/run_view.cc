#include "frontends/session/run_view.h"

#include <sys/resource.h>

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "frontends/session/job_control.h"
#include "frontends/session/remote_admin.h"
#include "frontends/session/trace_file.h"
#include "sdk/base/status_macros.h"
#include "umsdk/supervisor.h"

namespace umsdk::frontends {
namespace {

// A view needs two descriptors for each virtual file that is open. After the command has been
// started, which has the limit that umview was given.
void RaiseFdLimit() {
  rlimit limit;
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

class View {
 public:
  View(const Options& options, const ServiceSearch& services, Log& log)
      : options_(options), services_(services), log_(log) {
    log_.OnHold([this] { jobs_.Wake(); });
  }
  ~View() { log_.OnHold(nullptr); }

  // Fills `outcome`; an error means that no command ran.
  absl::Status Run(Outcome& outcome) {
    UMSDK_RETURN_IF_ERROR(jobs_.Open());
    absl::Status status = RunCommand(outcome);
    jobs_.Finish();
    return status;
  }

 private:
  // Returns when all mounts have ended.
  absl::Status RunCommand(Outcome& outcome) {
    UMSDK_ASSIGN_OR_RETURN(Supervisor supervisor, Build());
    UMSDK_ASSIGN_OR_RETURN(Guest guest, supervisor.Spawn(MakeCommand()));
    RaiseFdLimit();
    // Only now is it known: auto may have had to take another one.
    outcome.engine = supervisor.engine_name();
    auto terminate = [&guest] { guest.Terminate(); };
    jobs_.Start({guest.pid(), terminate}, [this] { return FlushLog(); });
    absl::StatusOr<ExitStatus> exit = guest.Wait();
    jobs_.Finish();
    outcome.termination_signal = jobs_.termination_signal();
    jobs_.WatchEnd();
    if (!exit.ok()) return exit.status();
    outcome.exit = *exit;
    return absl::OkStatus();
  }

  absl::StatusOr<Supervisor> Build() {
    Supervisor::Builder builder;
    for (const Preload& preload : options_.preloads) {
      auto service = LoadService(preload.name, preload.arguments, services_);
      if (!service.ok()) {
        return absl::Status(service.status().code(),
                            absl::StrCat("-p ", preload.name, ": ", service.status().message()));
      }
      std::move(builder).AddService(std::move(service));
    }
    UMSDK_RETURN_IF_ERROR(AddTrace(builder));
    if (options_.seal) std::move(builder).Seal();
    std::move(builder).WithServiceLoader(
        [search = services_, paths = options_.allow_paths](const std::string& name, const std::string& arguments)
            -> absl::StatusOr<std::unique_ptr<Service>> {
          if (!paths && absl::StrContains(name, "/")) {
            return absl::PermissionDeniedError(
                "only names from inside a view; the outer umview's --allow-paths permits paths");
          }
          return LoadService(name, arguments, search);
        });
    AdminOptions admin{.socket = options_.admin, .name = options_.view_name, .remote = std::nullopt};
    if (!options_.admin_remote.empty()) {
      UMSDK_ASSIGN_OR_RETURN(admin.remote, ReadRemoteAdmin(options_.admin_remote));
    }
    std::move(builder).ServeAdmin(std::move(admin));
    if (!options_.nesting) std::move(builder).WithoutNesting();
    if (options_.linger) std::move(builder).Linger();
    std::move(builder)
        .WithEngine(options_.engine)
        .WithPtraceOptions(options_.ptrace)
        .OnStop([this](int signal) { jobs_.NotifyStop(signal); })
        .OnEvent([this](const std::string& line) { log_.Relay(line); });
    return std::move(builder).Build();
  }

  absl::Status AddTrace(Supervisor::Builder& builder) {
    if (options_.output.empty()) return absl::OkStatus();
    UMSDK_ASSIGN_OR_RETURN(TraceFile trace, TraceFile::Create(options_.output));
    trace_.emplace(std::move(trace));
    std::move(builder).OnTrace([this](const TraceLine& line) { trace_->Write(line); },
                               options_.trace_all);
    return absl::OkStatus();
  }

  Command MakeCommand() const {
    Command command(options_.command.front());
    std::vector<std::string> args(options_.command.begin() + 1, options_.command.end());
    std::move(command).Args(std::move(args));
    if (!options_.view_name.empty()) {
      std::move(command).Env("UMVIEW_VIEWNAME", options_.view_name);
    }
    return command;
  }

  bool FlushLog() {
    log_.Flush();
    return log_.has_held_lines();
  }

  const Options& options_;
  const ServiceSearch& services_;
  Log& log_;
  JobControl jobs_;
  std::optional<TraceFile> trace_;
};

std::string FailureText(const absl::Status& status) {
  std::string text(status.message());
  bool hint = absl::IsFailedPrecondition(status) || absl::IsUnavailable(status) ||
              absl::IsUnimplemented(status) || absl::IsPermissionDenied(status);
  if (hint && !absl::StrContains(text, "um_doctor") && !absl::StartsWith(text, "-p ")) {
    absl::StrAppend(&text, " (um_doctor tells what works here)");
  }
  return text;
}

}  // namespace

Outcome RunView(const Options& options, const ServiceSearch& services, Log& log) {
  Outcome outcome;
  absl::Status status = View(options, services, log).Run(outcome);
  if (!status.ok()) outcome.error = FailureText(status);
  return outcome;
}

}  // namespace umsdk::frontends
