#include "frontends/options/rc_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "frontends/options/parse_words.h"
#include "sdk/base/status_macros.h"
#include "sdk/base/unique_fd.h"

namespace umsdk::frontends {
namespace {

constexpr size_t kMaxSize = 1 << 20;
constexpr char kBlank[] = " \t\r";

std::string Strip(const std::string& text) {
  size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(kBlank) + 1 - begin);
}

// The flag, and what is left of its line.
std::vector<std::string> SplitLine(const std::string& line) {
  size_t blank = line.find_first_of(kBlank);
  if (blank == std::string::npos) return {line};
  return {line.substr(0, blank), Strip(line.substr(blank))};
}

absl::StatusOr<std::vector<Setting>> ParseLine(const std::string& line) {
  std::vector<std::string> words = SplitLine(line);
  UMSDK_ASSIGN_OR_RETURN(ParsedWords parsed, ParseWords(words));
  if (parsed.used != words.size() || parsed.settings.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", words[parsed.used % words.size()], "' is no flag (one flag a line)"));
  }
  for (const Setting& setting : parsed.settings) {
    if (!setting.flag->environment) {
      return absl::InvalidArgumentError(
          absl::StrCat(setting.flag->Spelling(), " cannot stand in an rc file"));
    }
  }
  return std::move(parsed.settings);
}

absl::StatusOr<std::string> ReadWhole(const std::string& file) {
  auto failed = [&file](const char* why) {
    return absl::FailedPreconditionError(absl::StrCat("cannot read ", file, ": ", why));
  };
  UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid() && (errno == ENOENT || errno == ENOTDIR)) {
    return absl::NotFoundError(absl::StrCat("no rc file ", file));
  }
  if (!fd.valid()) return failed(std::strerror(errno));
  std::string text;
  char buffer[4096];
  ssize_t count;
  while ((count = ::read(fd.get(), buffer, sizeof(buffer))) > 0) {
    text.append(buffer, static_cast<size_t>(count));
    if (text.size() > kMaxSize) return failed("it is too big");
  }
  if (count < 0) return failed(std::strerror(errno));
  return text;
}

}  // namespace

absl::StatusOr<std::vector<Setting>> ParseRcText(const std::string& text, const std::string& file) {
  std::vector<Setting> result;
  int number = 0;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = Strip(text.substr(begin, end - begin));
    begin = end + 1;
    ++number;
    if (line.empty() || line[0] == '#') continue;
    std::string origin = absl::StrCat(file, ":", number);
    absl::StatusOr<std::vector<Setting>> settings = ParseLine(line);
    if (!settings.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(origin, ": ", settings.status().message()));
    }
    for (Setting& setting : *settings) {
      setting.source = Source::kRcFile;
      setting.origin = origin;
      result.push_back(std::move(setting));
    }
  }
  return result;
}

absl::StatusOr<std::vector<Setting>> ReadRcFile(const std::string& file, bool must_exist) {
  absl::StatusOr<std::string> text = ReadWhole(file);
  if (absl::IsNotFound(text.status()) && !must_exist) return std::vector<Setting>();
  if (!text.ok()) return text.status();
  return ParseRcText(*text, file);
}

}  // namespace umsdk::frontends
