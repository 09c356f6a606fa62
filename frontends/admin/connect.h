// ConnectToView: the way of the um_* tools to the supervisor of a view.
#ifndef FRONTENDS_ADMIN_CONNECT_H_
#define FRONTENDS_ADMIN_CONNECT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "proto/umsdk/admin/v1/admin.grpc.pb.h"

namespace umsdk::frontends {

using AdminClient = admin::v1::Admin::StubInterface;

// Where a view is. At most one of `name` and `target` is not empty.
struct ViewAddress {
  std::string name;
  std::string target;        // HOST:PORT
  std::string certificates;  // for it: RemoteChannel
};

// `name`: "" is the nearest one that this process runs in; otherwise a view of this user by its name or the
// process number of its supervisor, or one of anybody's by the path of its socket. NotFound: there is none.
absl::StatusOr<std::unique_ptr<AdminClient>> ConnectToView(const ViewAddress& view);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_ADMIN_CONNECT_H_
