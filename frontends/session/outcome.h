// Outcome: how a run of umview ended, and how that is told.
#ifndef FRONTENDS_SESSION_OUTCOME_H_
#define FRONTENDS_SESSION_OUTCOME_H_

#include <string>

#include "umsdk/command.h"

namespace umsdk::frontends {

inline constexpr int kExitFailed = 125;      // umview itself
inline constexpr int kExitCannotExec = 126;  // CMD was found and cannot be executed
inline constexpr int kExitNotFound = 127;    // CMD was not found

struct Outcome {
  ExitStatus exit;             // CMD's, if it was started
  std::string engine;          // "notify", "ptrace"; "": none was started
  std::string error;           // why umview failed; "": it did not
  int termination_signal = 0;  // SIGTERM or SIGHUP to umview ended the view

  // The exit code of umview.
  int code() const;
  // One line without its end; the members are described in umview(1).
  std::string ToJson() const;
};

// errno of a failed execve -> 126 or 127.
int ExecFailureCode(int exec_errno);
// "cannot execute foo: Permission denied"
std::string ExecFailureText(const std::string& program, int exec_errno);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_SESSION_OUTCOME_H_
