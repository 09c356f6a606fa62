// rc files: flags, one a line; what follows the flag on its line is its value, spaces included.
//
//   # the devices that I always want
//   -p umdev
//   --engine=notify
#ifndef FRONTENDS_OPTIONS_RC_FILE_H_
#define FRONTENDS_OPTIONS_RC_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "frontends/options/flags.h"

namespace umsdk::frontends {

// The settings in `text`; `file` is for messages. Flags that only make sense on a command line (-f,
// --help) are errors.
absl::StatusOr<std::vector<Setting>> ParseRcText(const std::string& text, const std::string& file);

// A file that does not exist is an error only if `must_exist`; one that cannot be read always is.
absl::StatusOr<std::vector<Setting>> ReadRcFile(const std::string& file, bool must_exist);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_OPTIONS_RC_FILE_H_
