// BuiltinService: a service that is compiled into the program, by name.
#ifndef FRONTENDS_MODULES_BUILTIN_SERVICE_H_
#define FRONTENDS_MODULES_BUILTIN_SERVICE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "umsdk/service.h"

namespace umsdk::frontends {

struct BuiltinService {
  const char* name;
  absl::StatusOr<std::unique_ptr<Service>> (*create)(const std::string& arguments);
};

}  // namespace umsdk::frontends

#endif  // FRONTENDS_MODULES_BUILTIN_SERVICE_H_
