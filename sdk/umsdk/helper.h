// Helper: a program that a service runs as a guest of the view, beside the guest that it serves.
#ifndef UMSDK_HELPER_H_
#define UMSDK_HELPER_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace umsdk {

// What to run. The program is looked for in the PATH of the guest on whose behalf it is started.
struct HelperCommand {
  std::vector<std::string> argv;
  std::vector<std::string> env;  // NAME=value, besides the guest's environment
  int output = -1;  // the host's descriptor that becomes 1 and 2; -1: /dev/null. Not owned
};

// Thread-safe. Destruction ends the program and all that it started: SIGTERM, then SIGKILL.
class Helper {
 public:
  virtual ~Helper() = default;
  virtual pid_t pid() const = 0;
  // Readable once it has ended.
  virtual int end_fd() const = 0;
  // How it ended, as wait(2) tells; nullopt while it runs.
  virtual std::optional<int> status() = 0;
};

}  // namespace umsdk

#endif  // UMSDK_HELPER_H_
