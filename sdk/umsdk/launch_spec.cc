#include "umsdk/launch_spec.h"

#include <unistd.h>

#include <map>
#include <string_view>

namespace umsdk {
namespace {

std::map<std::string, std::string> Environment(const Command& command) {
  std::map<std::string, std::string> variables;
  for (char** entry = ::environ; !command.clear_env() && *entry != nullptr; ++entry) {
    std::string_view text(*entry);
    size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables[std::string(text.substr(0, equals))] = std::string(text.substr(equals + 1));
  }
  for (const auto& [name, value] : command.env()) {
    if (value.has_value()) {
      variables[name] = *value;
    } else {
      variables.erase(name);
    }
  }
  return variables;
}

// As execvp(3) looks for a program.
std::vector<std::string> Candidates(const std::string& program, const std::string& path) {
  if (program.find('/') != std::string::npos) return {program};
  std::vector<std::string> candidates;
  for (size_t at = 0; at <= path.size();) {
    size_t colon = path.find(':', at);
    if (colon == std::string::npos) colon = path.size();
    std::string dir = path.substr(at, colon - at);
    candidates.push_back(dir.empty() ? program : dir + "/" + program);
    at = colon + 1;
  }
  return candidates;
}

}  // namespace

LaunchSpec MakeLaunchSpec(const Command& command) {
  constexpr char kDefaultPath[] = "/usr/local/bin:/usr/bin:/bin";
  std::map<std::string, std::string> variables = Environment(command);
  LaunchSpec spec;
  auto path = variables.find("PATH");
  spec.candidates = Candidates(command.argv()[0], path == variables.end() ? kDefaultPath : path->second);
  spec.argv = command.argv();
  if (command.argv0().has_value()) spec.argv[0] = *command.argv0();
  for (const auto& [name, value] : variables) spec.env.push_back(name + "=" + value);
  spec.cwd = command.cwd().value_or("");
  spec.stdio[0] = command.stdin_fd();
  spec.stdio[1] = command.stdout_fd();
  spec.stdio[2] = command.stderr_fd();
  return spec;
}

}  // namespace umsdk
