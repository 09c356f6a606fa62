// ProgramTable: which program serves `mount -t umfuseNAME`, and how it is called.
#ifndef SERVICES_UMFUSE_PROGRAM_TABLE_H_
#define SERVICES_UMFUSE_PROGRAM_TABLE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/umfuse/program_options.h"

namespace umsdk::umfuse {

// A line of the table: NAME[,NAME...] PACKAGE FLAGS COMMAND...
struct Program {
  std::vector<std::string> names;
  std::string package;     // of Debian; "-": none
  bool read_only = false;  // flag "readonly": only rw+ makes it writable
  bool ids = false;        // flag "ids": uid= and gid= are its own options
  bool non_empty = false;  // flag "nonempty": that is its option for a directory that is not empty
  bool module = false;     // takes rw+ itself
  // The words of the command: %O options, %S source, %M or %D mount point, %% a percent sign.
  std::vector<std::string> command;
};

// The program for NAME: from the user's tables, then the built-in one. nullopt: none.
std::optional<Program> FindProgram(std::string_view name);
// An old-style module, umfuseNAME.so, in a process of its own.
std::optional<Program> FindModuleProgram(std::string_view name);
// The lines of one table; lines that make no sense are skipped. '#' starts a comment.
std::vector<Program> ParseTable(std::string_view text);
// The command line for one mount.
std::vector<std::string> CommandLine(const Program& program, const ProgramOptions& options,
                                     const std::string& source, const std::string& target);

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_PROGRAM_TABLE_H_
