// What a user writes: words of a command line (-p and its arguments among them), the lines of an rc
// file, the environment. Nothing may crash, and what is accepted is consistent.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "frontends/options/load_options.h"
#include "frontends/options/parse_words.h"
#include "frontends/options/rc_file.h"

namespace umsdk::frontends {
namespace {

void CheckSettings(const std::vector<Setting>& settings) {
  for (const Setting& setting : settings) {
    if (setting.flag == nullptr) std::abort();
    if (setting.flag->value == nullptr && !setting.value.empty()) std::abort();
  }
}

void CheckWords(const std::vector<std::string>& words) {
  absl::StatusOr<ParsedWords> parsed = ParseWords(words);
  if (!parsed.ok()) return;
  if (parsed->used > words.size()) std::abort();
  CheckSettings(parsed->settings);
}

void CheckRcText(const std::string& text) {
  absl::StatusOr<std::vector<Setting>> settings = ParseRcText(text, "rc");
  if (!settings.ok()) return;
  CheckSettings(*settings);
  for (const Setting& setting : *settings) {
    if (!setting.flag->environment || !setting.origin.starts_with("rc:")) std::abort();
  }
}

void CheckOptions(std::vector<std::string> words, const std::string& variable) {
  // Files are not what is tried here.
  words.insert(words.begin(), "--norc");
  auto get_env = [&](const char* name) -> const char* {
    return std::string(name).find("PRELOAD") != std::string::npos ? variable.c_str() : nullptr;
  };
  absl::StatusOr<Options> options = LoadOptions(words, get_env, "");
  if (!options.ok()) return;
  // Everything behind the flags is the command's, untouched.
  if (options->command.size() > words.size()) std::abort();
  for (size_t i = 0; i < options->command.size(); ++i) {
    size_t at = words.size() - options->command.size() + i;
    if (options->command[i] != words[at]) std::abort();
  }
  for (const Preload& preload : options->preloads) {
    if (preload.name.find(',') != std::string::npos) std::abort();
  }
}

}  // namespace
}  // namespace umsdk::frontends

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace umsdk::frontends;
  std::string text(reinterpret_cast<const char*>(data), size);
  CheckRcText(text);
  // The same bytes as words, as a shell would hand them over: no word holds a null byte.
  std::vector<std::string> words;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = std::min(text.find_first_of(std::string("\n\0", 2), begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  CheckWords(words);
  CheckOptions(words, words.empty() ? "" : words[0]);
  return 0;
}
