#include "frontends/admin/connect.h"

#include <fcntl.h>
#include <grpcpp/create_channel_posix.h>
#include <grpcpp/grpcpp.h>

#include <string>

#include "frontends/control/control.h"
#include "sdk/base/unique_fd.h"

namespace umsdk::frontends {

absl::StatusOr<std::unique_ptr<AdminClient>> ConnectToView() {
  if (!IsInsideView()) {
    return absl::NotFoundError("not inside a view: it works below umview only (umview -p SERVICE CMD)");
  }
  std::string error;
  ErrnoOr<UniqueFd> connection = ConnectToSupervisor(error);
  if (!connection.ok()) {
    return absl::ErrnoToStatus(static_cast<int>(connection.error()),
                               error.empty() ? "the supervisor refuses" : error);
  }
  return admin::v1::Admin::NewStub(grpc::CreateInsecureChannelFromFd("umview", connection->Release()));
}

}  // namespace umsdk::frontends
