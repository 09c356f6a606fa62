#include "frontends/session/join_view.h"

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontends/session/outcome.h"

namespace umsdk::frontends {

int JoinView(const Options& options, Log& log) {
  if (!options.own_view_flag.empty()) {
    log.Say(absl::StrCat(options.own_view_flag,
                         ": this is inside a view already, and joining it leaves no choice; "
                         "--no-subview starts a view of its own"));
    return kExitFailed;
  }
  const std::string& program = options.command.front();
  if (!options.quiet) log.Say(absl::StrCat("inside a view already: ", program, " joins it"));
  if (!options.view_name.empty()) {
    ::setenv("UMVIEW_VIEWNAME", options.view_name.c_str(), 1);
  }
  std::vector<std::string> words = options.command;
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execvp(program.c_str(), argv.data());
  int exec_errno = errno;
  log.Say(ExecFailureText(program, exec_errno));
  return ExecFailureCode(exec_errno);
}

}  // namespace umsdk::frontends
