// For tests of the programs: runs one and tells all that it did.
#ifndef FRONTENDS_TESTING_RUN_PROGRAM_H_
#define FRONTENDS_TESTING_RUN_PROGRAM_H_

#include <string>
#include <vector>

namespace umsdk::frontends {

struct ProgramResult {
  int code = -1;    // exit code
  int signal = 0;   // that killed it
  std::string out;  // standard output
  std::string err;  // standard error
};

struct ProgramOptions {
  std::vector<std::string> env;  // NAME=VALUE, added to a small environment
  std::string in;                // standard input
  std::string directory;         // to run in; "": the caller's
};

// The environment is PATH, HOME=/nonexistent and what the options add, so that no rc file counts.
ProgramResult RunProgram(const std::vector<std::string>& argv, const ProgramOptions& options = {});

}  // namespace umsdk::frontends

#endif  // FRONTENDS_TESTING_RUN_PROGRAM_H_
