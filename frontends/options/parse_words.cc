#include "frontends/options/parse_words.h"

#include "absl/strings/str_cat.h"
#include "sdk/base/status_macros.h"

namespace umsdk::frontends {
namespace {

// Reads one word of flags, and the word behind it where a flag takes that as its value.
class WordParser {
 public:
  WordParser(const std::vector<std::string>& words, ParsedWords& result)
      : words_(words), result_(result) {}

  // The word at result.used begins with '-'.
  absl::Status Parse() {
    const std::string& word = words_[result_.used++];
    return word[1] == '-' ? ParseLong(word) : ParseLetters(word);
  }

 private:
  absl::Status ParseLong(const std::string& word) {
    size_t equals = word.find('=');
    const Flag* flag = FindFlag(word.substr(2, equals == std::string::npos ? equals : equals - 2));
    if (flag == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("unknown option ", word.substr(0, equals)));
    }
    if (flag->value == nullptr && equals != std::string::npos) {
      return absl::InvalidArgumentError(absl::StrCat("--", flag->name, " takes no value"));
    }
    if (equals != std::string::npos) return Add(*flag, word.substr(equals + 1));
    return flag->value == nullptr ? Add(*flag, "") : AddWithNextWord(*flag);
  }

  absl::Status ParseLetters(const std::string& word) {
    for (size_t at = 1; at < word.size(); ++at) {
      const Flag* flag = FindFlag(word[at]);
      if (flag == nullptr) {
        return absl::InvalidArgumentError(absl::StrCat("unknown option -", word.substr(at, 1)));
      }
      if (flag->value != nullptr) {
        return at + 1 < word.size() ? Add(*flag, word.substr(at + 1)) : AddWithNextWord(*flag);
      }
      UMSDK_RETURN_IF_ERROR(Add(*flag, ""));
    }
    return absl::OkStatus();
  }

  absl::Status AddWithNextWord(const Flag& flag) {
    if (result_.used == words_.size()) {
      return absl::InvalidArgumentError(absl::StrCat(flag.Spelling(), " wants ", flag.value));
    }
    return Add(flag, words_[result_.used++]);
  }

  absl::Status Add(const Flag& flag, std::string value) {
    result_.settings.push_back({.flag = &flag, .value = std::move(value), .origin = {}});
    return absl::OkStatus();
  }

  const std::vector<std::string>& words_;
  ParsedWords& result_;
};

}  // namespace

absl::StatusOr<ParsedWords> ParseWords(const std::vector<std::string>& words) {
  ParsedWords result;
  WordParser parser(words, result);
  while (result.used < words.size()) {
    const std::string& word = words[result.used];
    if (word == "--") {
      ++result.used;
      break;
    }
    if (word.size() < 2 || word[0] != '-') break;
    UMSDK_RETURN_IF_ERROR(parser.Parse());
  }
  return result;
}

}  // namespace umsdk::frontends
