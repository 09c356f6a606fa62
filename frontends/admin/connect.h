// ConnectToView: the way of the um_* tools to the supervisor of a view.
#ifndef FRONTENDS_ADMIN_CONNECT_H_
#define FRONTENDS_ADMIN_CONNECT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "proto/umsdk/admin/v1/admin.grpc.pb.h"

namespace umsdk::frontends {

using AdminClient = admin::v1::Admin::StubInterface;

// The view that this process runs in, the nearest one. NotFound: it runs in none.
absl::StatusOr<std::unique_ptr<AdminClient>> ConnectToView();

}  // namespace umsdk::frontends

#endif  // FRONTENDS_ADMIN_CONNECT_H_
