// LoadOptions: rc files, then the environment, then the command line, made into Options.
#ifndef FRONTENDS_OPTIONS_LOAD_OPTIONS_H_
#define FRONTENDS_OPTIONS_LOAD_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "frontends/options/environment.h"
#include "frontends/options/options.h"

namespace umsdk::frontends {

// `args`: without argv[0]. An error is one line, for the user.
absl::StatusOr<Options> LoadOptions(const std::vector<std::string>& args, const GetEnv& get_env,
                                    const std::string& system_rc_file = "/etc/umviewrc");

// $XDG_CONFIG_HOME/umview/rc, or ~/.config/umview/rc; "" if neither is known.
std::string UserRcFile(const GetEnv& get_env);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_OPTIONS_LOAD_OPTIONS_H_
