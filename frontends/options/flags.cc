#include "frontends/options/flags.h"

#include <cctype>
#include <charconv>

#include "absl/strings/str_cat.h"

namespace umsdk::frontends {
namespace {

absl::Status Wrong(const Setting& setting, const std::string& wanted) {
  return absl::InvalidArgumentError(
      absl::StrCat(setting.flag->Spelling(), " wants ", wanted, ", not '", setting.value, "'"));
}

// For the three flags that choose the ptrace engine.
absl::Status ChoosePtrace(Options& options, const Setting& setting) {
  if (options.ptrace_flag.empty()) options.ptrace_flag = setting.flag->Spelling();
  return absl::OkStatus();
}

absl::Status SetPreload(Options& options, const Setting& setting) {
  size_t comma = setting.value.find(',');
  std::string name = setting.value.substr(0, comma);
  if (name.empty()) return Wrong(setting, "a service's name");
  std::string arguments = comma == std::string::npos ? "" : setting.value.substr(comma + 1);
  options.preloads.push_back({std::move(name), std::move(arguments), setting.source});
  return absl::OkStatus();
}

absl::Status SetAdminRemote(Options& options, const Setting& setting) {
  if (setting.value.empty()) return Wrong(setting, "a file");
  options.admin_remote = setting.value;
  return absl::OkStatus();
}

absl::Status SetEngine(Options& options, const Setting& setting) {
  if (setting.value == "auto") {
    options.engine = EngineKind::kAuto;
  } else if (setting.value == "notify") {
    options.engine = EngineKind::kNotify;
  } else if (setting.value == "ptrace") {
    options.engine = EngineKind::kPtrace;
  } else {
    return Wrong(setting, "auto, notify or ptrace");
  }
  return absl::OkStatus();
}

absl::Status SetPlain(Options& options, const Setting& setting) {
  options.ptrace = {.seccomp = false, .vectored_memory = false};
  return ChoosePtrace(options, setting);
}
absl::Status SetNoKmulti(Options& options, const Setting& setting) {
  options.ptrace.vectored_memory = false;
  return ChoosePtrace(options, setting);
}
absl::Status SetNoKvm(Options& options, const Setting& setting) {
  options.ptrace.seccomp = false;
  return ChoosePtrace(options, setting);
}

absl::Status SetOutput(Options& options, const Setting& setting) {
  if (setting.value.empty()) return Wrong(setting, "a file name");
  options.output = setting.value;
  return absl::OkStatus();
}
absl::Status SetTrace(Options& options, const Setting& setting) {
  if (setting.value != "all" && setting.value != "handled") return Wrong(setting, "all or handled");
  options.trace_all = setting.value == "all";
  options.trace_level_given = true;
  return absl::OkStatus();
}

absl::Status SetStatusFd(Options& options, const Setting& setting) {
  const char* end = setting.value.data() + setting.value.size();
  auto [stop, error] = std::from_chars(setting.value.data(), end, options.status_fd);
  if (error != std::errc() || stop != end || options.status_fd < 0) {
    return Wrong(setting, "the number of an open descriptor");
  }
  return absl::OkStatus();
}

absl::Status SetViewName(Options& options, const Setting& setting) {
  for (unsigned char c : setting.value) {
    if (std::iscntrl(c)) return Wrong(setting, "a name without control characters");
  }
  options.view_name = setting.value;
  return absl::OkStatus();
}

absl::Status SetRcFile(Options& options, const Setting& setting) {
  if (setting.value.empty()) return Wrong(setting, "a file name");
  options.rc_file = setting.value;
  return absl::OkStatus();
}

template <bool Options::*kMember, bool kValue>
absl::Status Set(Options& options, const Setting&) {
  options.*kMember = kValue;
  return absl::OkStatus();
}

constexpr Flag kFlags[] = {
    {"preload", 'p', "MOD[,ARGS]", true, false, &SetPreload,
     "load a service first; repeat it for more, the first is asked first"},
    {"nonesting", 'x', nullptr, true, true, &Set<&Options::nesting, false>,
     "what a service opens itself is not virtualized"},
    {"engine", 0, "auto|notify|ptrace", true, true, &SetEngine,
     "how calls are caught (auto: the best that works, see um_doctor)"},
    {"nokernelpatch", 'n', nullptr, true, true, &SetPlain,
     "the ptrace engine in its plainest form"},
    {"nokmulti", 0, nullptr, true, true, &SetNoKmulti, "ptrace engine, memory word by word"},
    {"nokvm", 0, nullptr, true, true, &SetNoKvm, "ptrace engine, two stops a call"},
    {"seal", 0, nullptr, true, true, &Set<&Options::seal, true>,
     "no service can be added later: only what is loaded now costs time"},
    {"no-subview", 0, nullptr, true, false, &Set<&Options::subview, false>,
     "inside a view: start a view of its own, no sub-view of the outer one"},
    {"allow-paths", 0, nullptr, true, true, &Set<&Options::allow_paths, true>,
     "-p inside the view may name a file; that runs outside the view"},
    {"no-admin", 0, nullptr, true, true, &Set<&Options::admin, false>,
     "no socket by which those outside find the view (um_ls_service --view)"},
    {"admin-remote", 0, "FILE", true, true, &SetAdminRemote,
     "administrators on other machines, as umview(1) tells"},
    {"linger", 0, nullptr, true, true, &Set<&Options::linger, true>,
     "wait for all that CMD started, not for CMD alone"},
    {"output", 'o', "FILE", true, true, &SetOutput,
     "write a line for each call that a service handled"},
    {"trace", 0, "handled|all", true, true, &SetTrace,
     "with -o: all writes every call that was caught"},
    {"status-fd", 0, "N", true, true, &SetStatusFd, "write how CMD ended to descriptor N, as JSON"},
    {"viewname", 'V', "NAME", true, false, &SetViewName,
     "name the view; guests find it in UMVIEW_VIEWNAME"},
    {"quiet", 'q', nullptr, true, false, &Set<&Options::quiet, true>, "no notes, only errors"},
    {"rc", 'f', "FILE", false, false, &SetRcFile, "read FILE instead of the user's rc file"},
    {"norc", 0, nullptr, false, false, &Set<&Options::read_rc_files, false>, "read no rc file"},
    {"help", 'h', nullptr, false, false, &Set<&Options::help, true>, "print this help"},
    {"version", 'v', nullptr, false, false, &Set<&Options::version, true>, "print the version"},
};

}  // namespace

std::string Flag::Spelling() const {
  return letter != 0 ? std::string("-") + letter : absl::StrCat("--", name);
}

std::string Flag::EnvironmentName() const {
  std::string result = "UMVIEW_";
  for (const char* c = name; *c != 0; ++c) {
    result += *c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(*c)));
  }
  return result;
}

std::span<const Flag> Flags() { return kFlags; }

const Flag* FindFlag(const std::string& name) {
  for (const Flag& flag : kFlags) {
    if (name == flag.name) return &flag;
  }
  return nullptr;
}

const Flag* FindFlag(char letter) {
  for (const Flag& flag : kFlags) {
    if (letter != 0 && letter == flag.letter) return &flag;
  }
  return nullptr;
}

}  // namespace umsdk::frontends
