// From words to settings: the syntax of flags, the same on the command line and in rc files.
#ifndef FRONTENDS_OPTIONS_PARSE_WORDS_H_
#define FRONTENDS_OPTIONS_PARSE_WORDS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "frontends/options/flags.h"

namespace umsdk::frontends {

struct ParsedWords {
  std::vector<Setting> settings;
  size_t used = 0;  // words; the first that is not used begins the command
};

// Stops at the first word that is no flag, and behind "--". Long flags are written in full,
// `--name=value` or `--name value`; letters may be joined: `-xq`, `-pumdev`.
absl::StatusOr<ParsedWords> ParseWords(const std::vector<std::string>& words);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_OPTIONS_PARSE_WORDS_H_
