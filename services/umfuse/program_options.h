// The options of `mount -t umfuseNAME`: those of umfuse itself, and those for the program.
#ifndef SERVICES_UMFUSE_PROGRAM_OPTIONS_H_
#define SERVICES_UMFUSE_PROGRAM_OPTIONS_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace umsdk::umfuse {

struct ProgramOptions {
  bool debug = false;     // each request and its answer is told to the owner of the view
  bool fs_debug = false;  // "debug" for the program
  bool human = false;     // permissions are checked
  bool hard_remove = false;
  bool no_source = false;
  bool show_call = false;
  bool read_only = false;
  bool write = false;        // rw+ or force
  std::optional<uid_t> uid;  // told to the program as the caller's
  std::optional<gid_t> gid;
  std::vector<std::string> pre, post;
  std::vector<std::string> except;  // paths below the mount point where the real files are seen
  bool merge = false;               // and where the file system has none
  std::string format;             // in place of the table's command line
  std::vector<std::string> rest;  // for the program
};

// Splits at commas outside of quotes (' and ") and behind no backslash; quotes and backslashes go.
std::vector<std::string> SplitOptions(std::string_view text);
// `ids`: uid= and gid= are the program's own.
absl::StatusOr<ProgramOptions> ParseProgramOptions(std::string_view text, bool ids);

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_PROGRAM_OPTIONS_H_
