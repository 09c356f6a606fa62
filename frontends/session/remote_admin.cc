#include "frontends/session/remote_admin.h"

#include <string.h>

#include <cerrno>
#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "sdk/base/status_macros.h"

namespace umsdk::frontends {
namespace {

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path), directory_(path.substr(0, path.rfind('/') + 1)) {}

  absl::StatusOr<RemoteAdmin> Read() {
    std::ifstream file(path_);
    if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path_, ": ", ::strerror(errno)));
    for (std::string line; std::getline(file, line);) {
      ++number_;
      absl::string_view text = absl::StripAsciiWhitespace(line);
      if (!text.empty() && text[0] != '#') UMSDK_RETURN_IF_ERROR(Take(text));
    }
    const std::pair<const char*, const std::string*> needed[] = {{"listen", &remote_.address},
                                                                 {"certificate", &remote_.certificate},
                                                                 {"key", &remote_.key},
                                                                 {"client-ca", &remote_.client_ca}};
    for (const auto& [word, value] : needed) {
      if (value->empty()) return absl::InvalidArgumentError(absl::StrCat(path_, ": a line '", word, " ...' is missing"));
    }
    if (remote_.roles.empty())
      return absl::InvalidArgumentError(absl::StrCat(path_, ": nobody may come in; add a line 'owner NAME' or 'reader NAME'"));
    return remote_;
  }

 private:
  absl::Status Take(absl::string_view text) {
    const size_t space = text.find_first_of(" \t");
    const absl::string_view word = text.substr(0, space);
    const std::string value(absl::StripAsciiWhitespace(space == absl::string_view::npos ? "" : text.substr(space)));
    if (value.empty()) return Wrong(absl::StrCat("'", word, "' wants a value"));
    if (word == "listen") return Set(word, remote_.address, value);
    if (word == "certificate") return Set(word, remote_.certificate, Path(value));
    if (word == "key") return Set(word, remote_.key, Path(value));
    if (word == "client-ca") return Set(word, remote_.client_ca, Path(value));
    if (word != "owner" && word != "reader")
      return Wrong(absl::StrCat("'", word, "' is none of listen, certificate, key, client-ca, owner, reader"));
    if (!remote_.roles.emplace(value, word == "owner" ? AdminRole::kOwner : AdminRole::kReader).second)
      return Wrong(absl::StrCat(value, " has a role already"));
    return absl::OkStatus();
  }
  absl::Status Set(absl::string_view word, std::string& member, const std::string& value) {
    if (!member.empty()) return Wrong(absl::StrCat("a second '", word, "'"));
    member = value;
    return absl::OkStatus();
  }
  std::string Path(const std::string& value) const { return value[0] == '/' ? value : directory_ + value; }
  absl::Status Wrong(const std::string& what) const {
    return absl::InvalidArgumentError(absl::StrCat(path_, ":", number_, ": ", what));
  }

  const std::string path_, directory_;
  int number_ = 0;
  RemoteAdmin remote_;
};

}  // namespace

absl::StatusOr<RemoteAdmin> ReadRemoteAdmin(const std::string& path) { return Reader(path).Read(); }

}  // namespace umsdk::frontends
