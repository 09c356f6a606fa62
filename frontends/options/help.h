// What `umview --help` and `umview --version` print.
#ifndef FRONTENDS_OPTIONS_HELP_H_
#define FRONTENDS_OPTIONS_HELP_H_

#include <string>

namespace umsdk::frontends {

std::string HelpText();
std::string VersionText();
// One line, for usage errors.
inline constexpr char kUsage[] = "usage: umview [OPTION...] [--] CMD [ARG...]";

}  // namespace umsdk::frontends

#endif  // FRONTENDS_OPTIONS_HELP_H_
