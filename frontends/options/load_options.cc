#include "frontends/options/load_options.h"

#include "absl/strings/str_cat.h"
#include "frontends/options/parse_words.h"
#include "frontends/options/rc_file.h"
#include "sdk/base/status_macros.h"

namespace umsdk::frontends {
namespace {

absl::Status ApplyAll(const std::vector<Setting>& settings, Options& options) {
  for (const Setting& setting : settings) {
    absl::Status status = setting.flag->apply(options, setting);
    if (status.ok()) continue;
    if (setting.origin.empty()) return status;
    return absl::InvalidArgumentError(absl::StrCat(setting.origin, ": ", status.message()));
  }
  return absl::OkStatus();
}

absl::Status ApplyRcFiles(const Options& command_line, const GetEnv& get_env,
                          const std::string& system_rc_file, Options& options) {
  if (!command_line.read_rc_files) return absl::OkStatus();
  UMSDK_ASSIGN_OR_RETURN(auto system, ReadRcFile(system_rc_file, /*must_exist=*/false));
  UMSDK_RETURN_IF_ERROR(ApplyAll(system, options));
  bool named = !command_line.rc_file.empty();
  std::string file = named ? command_line.rc_file : UserRcFile(get_env);
  if (file.empty()) return absl::OkStatus();
  UMSDK_ASSIGN_OR_RETURN(auto user, ReadRcFile(file, named));
  return ApplyAll(user, options);
}

std::string FirstOwnViewFlag(const std::vector<Setting>& settings) {
  for (const Setting& setting : settings) {
    if (setting.flag->own_view) return setting.flag->Spelling();
  }
  return "";
}

absl::Status Check(Options& options) {
  if (!options.ptrace_flag.empty()) {
    if (options.engine == EngineKind::kNotify) {
      return absl::InvalidArgumentError(absl::StrCat(
          options.ptrace_flag, " chooses the ptrace engine and cannot go with --engine=notify"));
    }
    options.engine = EngineKind::kPtrace;
  }
  if (options.trace_level_given && options.output.empty()) {
    return absl::InvalidArgumentError("--trace needs -o FILE");
  }
  if (options.command.empty()) return absl::InvalidArgumentError("no command to run");
  return absl::OkStatus();
}

}  // namespace

std::string UserRcFile(const GetEnv& get_env) {
  const char* config = get_env("XDG_CONFIG_HOME");
  if (config != nullptr && config[0] == '/') return absl::StrCat(config, "/umview/rc");
  const char* home = get_env("HOME");
  return home != nullptr && home[0] == '/' ? absl::StrCat(home, "/.config/umview/rc") : "";
}

absl::StatusOr<Options> LoadOptions(const std::vector<std::string>& args, const GetEnv& get_env,
                                    const std::string& system_rc_file) {
  UMSDK_ASSIGN_OR_RETURN(ParsedWords parsed, ParseWords(args));
  // First the command line alone: it tells which rc files to read, if any.
  Options command_line;
  UMSDK_RETURN_IF_ERROR(ApplyAll(parsed.settings, command_line));
  if (command_line.help || command_line.version) return command_line;

  Options options;
  UMSDK_RETURN_IF_ERROR(ApplyRcFiles(command_line, get_env, system_rc_file, options));
  UMSDK_ASSIGN_OR_RETURN(std::vector<Setting> environment, ReadEnvironment(get_env));
  UMSDK_RETURN_IF_ERROR(ApplyAll(environment, options));
  UMSDK_RETURN_IF_ERROR(ApplyAll(parsed.settings, options));
  options.own_view_flag = FirstOwnViewFlag(parsed.settings);
  options.command.assign(args.begin() + static_cast<std::ptrdiff_t>(parsed.used), args.end());
  UMSDK_RETURN_IF_ERROR(Check(options));
  return options;
}

}  // namespace umsdk::frontends
