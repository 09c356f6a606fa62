// LoadService: from the name in `-p name,arguments` to a service.
#ifndef FRONTENDS_MODULES_LOAD_SERVICE_H_
#define FRONTENDS_MODULES_LOAD_SERVICE_H_

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "frontends/modules/builtin_service.h"
#include "umsdk/service.h"

namespace umsdk::frontends {

struct ServiceSearch {
  std::span<const BuiltinService> builtins;
  std::vector<std::string> directories;  // after the loader's own
};

// $XDG_DATA_HOME/umview/services (or ~/.local/share/...), then lib/umview/services of the prefix
// that `executable` is installed in.
std::vector<std::string> ServiceDirectories(const std::function<const char*(const char*)>& get_env,
                                            const std::string& executable);

// `name` with a slash is the path of a module. Otherwise, with or without ".so": a service that is
// built in, a module that the loader finds, one in the directories. An error is one line.
absl::StatusOr<std::unique_ptr<Service>> LoadService(const std::string& name,
                                                     const std::string& arguments,
                                                     const ServiceSearch& search);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_MODULES_LOAD_SERVICE_H_
