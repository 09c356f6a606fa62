#include "frontends/options/environment.h"

#include "absl/strings/str_cat.h"
#include "sdk/base/status_macros.h"

namespace umsdk::frontends {
namespace {

absl::StatusOr<bool> ParseSwitch(const std::string& value, const std::string& name) {
  if (value == "1" || value == "yes" || value == "true") return true;
  if (value == "0" || value == "no" || value == "false" || value.empty()) return false;
  return absl::InvalidArgumentError(absl::StrCat(name, " wants 1 or 0, not '", value, "'"));
}

std::vector<std::string> SplitAtSpaces(const std::string& text) {
  std::vector<std::string> words;
  bool in_word = false;
  for (size_t at = 0; at < text.size(); ++at) {
    bool kept = text[at] == '\\' && at + 1 < text.size();
    if (!kept && text[at] == ' ') {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    words.back() += kept ? text[++at] : text[at];
  }
  return words;
}

// What a variable's text says, as values for its flag; none: the flag is not given.
absl::StatusOr<std::vector<std::string>> ValuesOf(const Flag& flag, const std::string& text) {
  if (flag.letter == 'p') return SplitAtSpaces(text);
  if (flag.value != nullptr) {
    return text.empty() ? std::vector<std::string>() : std::vector<std::string>{text};
  }
  UMSDK_ASSIGN_OR_RETURN(bool on, ParseSwitch(text, flag.EnvironmentName()));
  return on ? std::vector<std::string>{""} : std::vector<std::string>();
}

}  // namespace

absl::StatusOr<std::vector<Setting>> ReadEnvironment(const GetEnv& get_env) {
  std::vector<Setting> result;
  for (const Flag& flag : Flags()) {
    std::string name = flag.EnvironmentName();
    const char* text = flag.environment ? get_env(name.c_str()) : nullptr;
    if (text == nullptr) continue;
    UMSDK_ASSIGN_OR_RETURN(std::vector<std::string> values, ValuesOf(flag, text));
    for (std::string& value : values) {
      result.push_back({&flag, std::move(value), Source::kEnvironment, name});
    }
  }
  return result;
}

}  // namespace umsdk::frontends
