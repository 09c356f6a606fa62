// What a supervisor sends to a process that wants to join its view.
#ifndef SDK_ENGINE_LAUNCH_JOIN_OFFER_H_
#define SDK_ENGINE_LAUNCH_JOIN_OFFER_H_

#include <linux/filter.h>

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sdk/base/unique_fd.h"

namespace umsdk {

struct JoinOffer {
  // Its listener goes to the supervisor, or else the supervisor traces the command; then a command
  // that cannot have the filter does without.
  bool want_listener = true;
  std::vector<sock_filter> filter;  // may be empty where no listener is wanted
  UniqueFd page;         // see SharedObject::MakeFile
  UniqueFd errand_page;  // the same
  UniqueFd host_pidfd;   // of the supervisor
};

absl::Status SendOffer(int socket, const JoinOffer& offer);
// Waits for it. InvalidArgument: something else came.
absl::StatusOr<JoinOffer> ReceiveOffer(int socket);

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_JOIN_OFFER_H_
