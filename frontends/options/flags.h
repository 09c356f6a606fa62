// The flags of umview, as data: the command line, rc files, the environment, --help and the tests
// of the man page all go by this table.
#ifndef FRONTENDS_OPTIONS_FLAGS_H_
#define FRONTENDS_OPTIONS_FLAGS_H_

#include <span>
#include <string>

#include "absl/status/status.h"
#include "frontends/options/options.h"

namespace umsdk::frontends {

struct Flag;

// One flag as somebody gave it. `flag` points into Flags().
struct Setting {
  const Flag* flag = nullptr;
  std::string value;  // empty for a flag without one
  Source source = Source::kCommandLine;
  std::string origin;  // "/etc/umviewrc:3", "UMVIEW_ENGINE"; empty for the command line
};

struct Flag {
  const char* name;   // without dashes
  char letter;        // 0: has only the long form
  const char* value;  // what the value is, for --help; nullptr: the flag takes none
  bool environment;   // UMVIEW_NAME sets it, and rc files may hold it
  bool own_view;      // says something about a view, so that it means nothing in a sub-view
  absl::Status (*apply)(Options& options, const Setting& setting);
  const char* help;

  // "--nokvm", or "-n" where a letter exists.
  std::string Spelling() const;
  // "UMVIEW_STATUS_FD"
  std::string EnvironmentName() const;
};

std::span<const Flag> Flags();
const Flag* FindFlag(const std::string& name);
const Flag* FindFlag(char letter);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_OPTIONS_FLAGS_H_
