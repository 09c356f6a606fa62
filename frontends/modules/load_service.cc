#include "frontends/modules/load_service.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "frontends/modules/module_file.h"

namespace umsdk::frontends {
namespace {

const BuiltinService* FindBuiltin(const std::string& stem, const ServiceSearch& search) {
  for (const BuiltinService& builtin : search.builtins) {
    if (stem == builtin.name) return &builtin;
  }
  return nullptr;
}

absl::Status NotFound(const std::string& file, const ServiceSearch& search) {
  std::string builtins =
      absl::StrJoin(search.builtins, ", ",
                    [](std::string* out, const BuiltinService& b) { out->append(b.name); });
  return absl::NotFoundError(absl::StrCat(
      "no such service: not built in (", builtins, "), and no ", file, " where the loader looks",
      search.directories.empty() ? "" : " nor in ", absl::StrJoin(search.directories, ", ")));
}

}  // namespace

std::vector<std::string> ServiceDirectories(const std::function<const char*(const char*)>& get_env,
                                            const std::string& executable) {
  std::vector<std::string> directories;
  const char* data = get_env("XDG_DATA_HOME");
  const char* home = get_env("HOME");
  if (data != nullptr && data[0] == '/') {
    directories.push_back(absl::StrCat(data, "/umview/services"));
  } else if (home != nullptr && home[0] == '/') {
    directories.push_back(absl::StrCat(home, "/.local/share/umview/services"));
  }
  // PREFIX/bin/umview
  size_t bin = executable.rfind('/');
  size_t prefix = bin == std::string::npos || bin == 0 ? bin : executable.rfind('/', bin - 1);
  if (prefix != std::string::npos) {
    directories.push_back(absl::StrCat(executable.substr(0, prefix), "/lib/umview/services"));
  }
  return directories;
}

absl::StatusOr<std::unique_ptr<Service>> LoadService(const std::string& name,
                                                     const std::string& arguments,
                                                     const ServiceSearch& search) {
  if (name.find('/') != std::string::npos) return CreateFromModule(name, arguments);
  std::string stem(absl::StripSuffix(name, ".so"));
  if (const BuiltinService* builtin = FindBuiltin(stem, search)) return builtin->create(arguments);
  std::string file = stem + ".so";
  std::vector<std::string> candidates = {file};
  for (const std::string& directory : search.directories) {
    candidates.push_back(absl::StrCat(directory, "/", file));
  }
  for (const std::string& candidate : candidates) {
    absl::StatusOr<std::unique_ptr<Service>> service = CreateFromModule(candidate, arguments);
    // A module that is there but does not work is not passed over in silence.
    if (service.ok() || !absl::IsNotFound(service.status())) return service;
  }
  return NotFound(file, search);
}

}  // namespace umsdk::frontends
