#include "services/umfuse/program_options.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace umsdk::umfuse {
namespace {

// An option without a value and what it sets.
bool* FlagOf(ProgramOptions& options, std::string_view name) {
  const std::pair<std::string_view, bool*> flags[] = {
      {"debug", &options.debug},        {"fsdebug", &options.fs_debug},
      {"human", &options.human},        {"hard_remove", &options.hard_remove},
      {"nosource", &options.no_source}, {"showcall", &options.show_call},
      {"ro", &options.read_only},       {"rw+", &options.write},
      {"force", &options.write},        {"merge", &options.merge},
  };
  for (const auto& [known, flag] : flags) {
    if (known == name) return flag;
  }
  return nullptr;
}

absl::StatusOr<uint32_t> Id(std::string_view option, std::string_view value) {
  uint32_t id = 0;
  auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), id);
  if (error == std::errc() && end == value.data() + value.size() && !value.empty()) return id;
  return absl::InvalidArgumentError(absl::StrCat("not a number: ", std::string(option)));
}

// "/a//b/" is "a/b"; nullopt: no name of it, or "." or "..".
std::optional<std::string> PathBelow(std::string_view text) {
  std::string path;
  while (!text.empty()) {
    std::string_view name = text.substr(0, text.find('/'));
    text.remove_prefix(std::min(text.size(), name.size() + 1));
    if (name == "." || name == "..") return std::nullopt;
    if (!name.empty()) path.append(path.empty() ? "" : "/").append(name);
  }
  if (path.empty()) return std::nullopt;
  return path;
}

absl::Status TakeValue(ProgramOptions& options, std::string_view name, std::string_view value,
                       bool ids, const std::string& whole) {
  bool is_uid = name == "fuseuid" || (name == "uid" && !ids);
  bool is_gid = name == "fusegid" || (name == "gid" && !ids);
  if (is_uid || is_gid) {
    absl::StatusOr<uint32_t> id = Id(whole, value);
    if (!id.ok()) return id.status();
    (is_uid ? options.uid : options.gid) = *id;
  } else if (name == "pre") {
    options.pre.emplace_back(value);
  } else if (name == "post") {
    options.post.emplace_back(value);
  } else if (name == "format") {
    options.format = value;
  } else if (name == "except") {
    std::optional<std::string> path = PathBelow(value);
    if (!path) return absl::InvalidArgumentError(absl::StrCat("not below the mount point: ", whole));
    options.except.push_back(*std::move(path));
  } else {
    options.rest.push_back(whole);
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> SplitOptions(std::string_view text) {
  std::vector<std::string> options;
  std::string option;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      option += text[++i];
    } else if (quote != 0 || c == '\'' || c == '"') {
      if (quote == 0) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      } else {
        option += c;
      }
    } else if (c == ',') {
      if (!option.empty()) options.push_back(std::exchange(option, ""));
    } else {
      option += c;
    }
  }
  if (!option.empty()) options.push_back(option);
  return options;
}

absl::StatusOr<ProgramOptions> ParseProgramOptions(std::string_view text, bool ids) {
  ProgramOptions options;
  for (const std::string& whole : SplitOptions(text)) {
    if (whole == "rw") continue;  // says nothing: see rw+
    if (bool* flag = FlagOf(options, whole)) {
      *flag = true;
      continue;
    }
    std::string_view option(whole);
    size_t equals = option.find('=');
    std::string_view name = option.substr(0, equals);
    std::string_view value = equals == std::string_view::npos ? "" : option.substr(equals + 1);
    if (absl::Status taken = TakeValue(options, name, value, ids, whole); !taken.ok()) return taken;
  }
  return options;
}

}  // namespace umsdk::umfuse
