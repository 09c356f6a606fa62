// RemoteChannel: the way to a view on another machine (docs/remote.md).
#ifndef FRONTENDS_ADMIN_REMOTE_H_
#define FRONTENDS_ADMIN_REMOTE_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace umsdk::frontends {

// `certificates`: a directory with client.pem, client.key and ca.pem, which has issued the view's certificate;
// "": that of $UMVIEW_CERTIFICATES, else ~/.config/umview. Waits until the view answers, ten seconds at most.
absl::StatusOr<std::shared_ptr<grpc::Channel>> RemoteChannel(const std::string& target,
                                                             const std::string& certificates);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_ADMIN_REMOTE_H_
