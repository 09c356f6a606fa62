// UMVIEW_* variables: one for each flag, UMVIEW_STATUS_FD for --status-fd.
#ifndef FRONTENDS_OPTIONS_ENVIRONMENT_H_
#define FRONTENDS_OPTIONS_ENVIRONMENT_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "frontends/options/flags.h"

namespace umsdk::frontends {

// As getenv(3): nullptr if there is none of this name.
using GetEnv = std::function<const char*(const char* name)>;

// A flag without a value is on for 1, yes, true and off for 0, no, false and the empty text.
// UMVIEW_PRELOAD holds several services with spaces between; a backslash keeps the next character.
absl::StatusOr<std::vector<Setting>> ReadEnvironment(const GetEnv& get_env);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_OPTIONS_ENVIRONMENT_H_
