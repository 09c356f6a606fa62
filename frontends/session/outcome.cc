#include "frontends/session/outcome.h"

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "frontends/text/json.h"

namespace umsdk::frontends {

int Outcome::code() const {
  if (!error.empty()) return kExitFailed;
  return termination_signal != 0 ? 128 + termination_signal : exit.code;
}

std::string Outcome::ToJson() const {
  JsonObject object;
  object.Add("exit_code", code());
  if (error.empty()) {
    object.Add("command_exit_code", exit.code)
        .Add("command_signal", exit.signal)
        .Add("core_dumped", exit.core)
        .Add("exec_errno", exit.exec_errno);
  }
  object.Add("umview_signal", termination_signal);
  engine.empty() ? object.AddNull("engine") : object.Add("engine", engine);
  error.empty() ? object.AddNull("error") : object.Add("error", error);
  return object.ToString();
}

int ExecFailureCode(int exec_errno) {
  return exec_errno == ENOENT || exec_errno == ENOTDIR ? kExitNotFound : kExitCannotExec;
}

std::string ExecFailureText(const std::string& program, int exec_errno) {
  if (exec_errno == ENOENT && program.find('/') == std::string::npos) {
    return absl::StrCat(program, ": command not found");
  }
  return absl::StrCat("cannot execute ", program, ": ", std::strerror(exec_errno));
}

}  // namespace umsdk::frontends
