// umview: runs a command in a view.
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "frontends/builtin_services.h"
#include "frontends/control/control.h"
#include "frontends/options/help.h"
#include "frontends/options/load_options.h"
#include "frontends/session/log.h"
#include "frontends/session/outcome.h"
#include "frontends/session/run_view.h"
#include "frontends/session/status_fd.h"
#include "frontends/session/sub_view.h"

namespace umsdk::frontends {
namespace {

const char* GetEnvironment(const char* name) { return ::getenv(name); }

std::string Executable() {
  char path[4096];
  ssize_t size = ::readlink("/proc/self/exe", path, sizeof(path));
  return size > 0 ? std::string(path, static_cast<size_t>(size)) : "";
}

int UsageError(const absl::Status& status) {
  std::fprintf(stderr, "umview: %.*s (try: umview --help)\n",
               static_cast<int>(status.message().size()), status.message().data());
  return kExitFailed;
}

int Run(const Options& options) {
  StatusFd status_fd;
  if (options.status_fd >= 0) {
    absl::StatusOr<StatusFd> taken = StatusFd::Take(options.status_fd);
    if (!taken.ok()) return UsageError(taken.status());
    status_fd = *std::move(taken);
  }
  Log log(2, options.view_name.empty() ? "umview: " : "umview[" + options.view_name + "]: ");
  ServiceSearch services = {BuiltinServices(), ServiceDirectories(&GetEnvironment, Executable())};
  Outcome outcome = RunView(options, services, log);
  if (!outcome.error.empty()) {
    log.Say(outcome.error);
  } else if (outcome.exit.exec_errno != 0) {
    log.Say(ExecFailureText(options.command.front(), outcome.exit.exec_errno));
  }
  log.FlushAtEnd();
  status_fd.Write(outcome.ToJson());
  return outcome.code();
}

int Main(const std::vector<std::string>& args) {
  absl::StatusOr<Options> options = LoadOptions(args, &GetEnvironment);
  if (!options.ok()) return UsageError(options.status());
  if (options->help || options->version) {
    std::fputs((options->help ? HelpText() : VersionText()).c_str(), stdout);
    return std::fflush(stdout) == 0 ? 0 : kExitFailed;
  }
  if (options->subview && IsInsideView()) {
    Log log(2, "umview: ");
    return RunSubView(*options, log);
  }
  return Run(*options);
}

}  // namespace
}  // namespace umsdk::frontends

int main(int argc, char** argv) {
  return umsdk::frontends::Main(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
}
