#include "frontends/doctor/explain.h"

#include <string.h>

#include <cerrno>

namespace umsdk::frontends {

std::string ErrnoName(int error) {
  const char* name = ::strerrorname_np(error);
  return name != nullptr ? name : "errno " + std::to_string(error);
}

Finding Explain(const Host& host, const TrialResult& result, const std::string& good,
                const std::string& remedy) {
  if (result.ok()) return {.yes = true, .error = 0, .detail = good, .remedy = ""};
  Finding finding = {.yes = false, .error = result.error, .detail = result.step, .remedy = remedy};
  finding.detail += ": ";
  finding.detail += ::strerror(result.error);
  bool filters_give_it = result.error == EPERM || result.error == ENOSYS || result.error == EACCES;
  if (host.filtered && filters_give_it) {
    finding.remedy =
        "probably the inherited seccomp filter: allow the call there (Docker: "
        "--security-opt seccomp=PROFILE.json), or start outside of it";
  }
  return finding;
}

}  // namespace umsdk::frontends
