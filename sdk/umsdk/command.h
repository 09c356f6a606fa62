// Command: what to run in a view. ExitStatus: how it ended.
#ifndef UMSDK_COMMAND_H_
#define UMSDK_COMMAND_H_

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace umsdk {

// A program, its arguments and surroundings. Value type. The program is looked for in the guest's
// PATH when it has no slash, through the view.
class Command {
 public:
  explicit Command(std::string program) : argv_{std::move(program)} {}

  Command&& Arg(std::string arg) && { return argv_.push_back(std::move(arg)), std::move(*this); }
  Command&& Args(std::vector<std::string> args) && {
    for (std::string& arg : args) argv_.push_back(std::move(arg));
    return std::move(*this);
  }
  // Sets (or, with nullopt, removes) one variable of the environment inherited from the host.
  Command&& Env(std::string name, std::optional<std::string> value) && {
    return env_[std::move(name)] = std::move(value), std::move(*this);
  }
  Command&& ClearEnv() && { return clear_env_ = true, std::move(*this); }
  Command&& Cwd(std::string dir) && { return cwd_ = std::move(dir), std::move(*this); }
  // The host's descriptors that become the guest's 0, 1, 2. They stay the caller's; default: its own.
  Command&& Stdio(int in, int out, int err) && {
    return stdin_ = in, stdout_ = out, stderr_ = err, std::move(*this);
  }
  // Run() ends the whole tree after this time.
  Command&& Timeout(std::chrono::milliseconds timeout) && {
    return timeout_ = timeout, std::move(*this);
  }
  // argv[0] as the program sees it, if not the program's name.
  Command&& Argv0(std::string argv0) && { return argv0_ = std::move(argv0), std::move(*this); }

  const std::vector<std::string>& argv() const { return argv_; }
  const std::map<std::string, std::optional<std::string>>& env() const { return env_; }
  bool clear_env() const { return clear_env_; }
  const std::optional<std::string>& cwd() const { return cwd_; }
  const std::optional<std::string>& argv0() const { return argv0_; }
  const std::optional<std::chrono::milliseconds>& timeout() const { return timeout_; }
  int stdin_fd() const { return stdin_; }
  int stdout_fd() const { return stdout_; }
  int stderr_fd() const { return stderr_; }

 private:
  std::vector<std::string> argv_;
  std::map<std::string, std::optional<std::string>> env_;
  bool clear_env_ = false;
  std::optional<std::string> cwd_;
  std::optional<std::string> argv0_;
  std::optional<std::chrono::milliseconds> timeout_;
  int stdin_ = 0, stdout_ = 1, stderr_ = 2;
};

// How a guest ended, as wait(2) tells.
struct ExitStatus {
  int code = 0;         // what a shell reports: the exit code, or 128 + signal
  int signal = 0;       // the signal that killed it, 0 if it exited
  bool core = false;    // it dumped core
  bool timed_out = false;
  // 126 and 127: the program could not be executed; errno of the last try. 0 otherwise.
  int exec_errno = 0;
};

}  // namespace umsdk

#endif  // UMSDK_COMMAND_H_
