// Options: everything that umview was asked for, after rc files, environment and command line.
#ifndef FRONTENDS_OPTIONS_OPTIONS_H_
#define FRONTENDS_OPTIONS_OPTIONS_H_

#include <string>
#include <vector>

#include "umsdk/supervisor.h"

namespace umsdk::frontends {

// Where a setting was written; later ones win over earlier ones.
enum class Source { kRcFile, kEnvironment, kCommandLine };

// `-p name,arguments`.
struct Preload {
  std::string name;
  std::string arguments;
  Source source = Source::kCommandLine;
};

struct Options {
  std::vector<Preload> preloads;  // in the order in which they are asked
  EngineKind engine = EngineKind::kAuto;
  PtraceOptions ptrace;
  std::string ptrace_flag;  // the flag (-n, --nokvm...) that asks for the ptrace engine; "" if none
  bool nesting = true;      // false (-x): a service's own accesses bypass the view
  bool subview = true;      // false: inside a view, a view of its own all the same
  bool allow_paths = false;  // -p of a umview inside the view may be a path
  bool seal = false;
  bool linger = false;
  bool admin = true;  // those outside find the view by a socket
  std::string admin_remote;  // the file about those on other machines; "": they may nothing
  std::string output;  // -o: the trace goes there; "": no trace
  bool trace_all = false;
  bool trace_level_given = false;
  int status_fd = -1;
  bool quiet = false;
  std::string view_name;
  std::string rc_file;
  bool read_rc_files = true;
  // The first flag of the command line that is about a view of its own; "" if there is none.
  std::string own_view_flag;
  bool help = false;
  bool version = false;
  std::vector<std::string> command;
};

}  // namespace umsdk::frontends

#endif  // FRONTENDS_OPTIONS_OPTIONS_H_
