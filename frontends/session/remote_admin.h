// ReadRemoteAdmin: the file of umview --admin-remote (docs/remote.md).
#ifndef FRONTENDS_SESSION_REMOTE_ADMIN_H_
#define FRONTENDS_SESSION_REMOTE_ADMIN_H_

#include <string>

#include "absl/status/statusor.h"
#include "umsdk/admin_options.h"

namespace umsdk::frontends {

// Lines of a word and its value: listen, certificate, key, client-ca, and any number of owner and reader.
// Paths are relative to the file's directory. Errors name the file and the line.
absl::StatusOr<RemoteAdmin> ReadRemoteAdmin(const std::string& path);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_SESSION_REMOTE_ADMIN_H_
