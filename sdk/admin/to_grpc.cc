#include "sdk/admin/to_grpc.h"

#include <string.h>

#include <string>

#include "proto/umsdk/admin/v1/admin.pb.h"
#include "sdk/base/errno_status.h"

namespace umsdk {

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  admin::v1::Failure failure;
  failure.set_errno_value(ErrnoOf(status));
  const char* text = ::strerrordesc_np(failure.errno_value());
  failure.set_errno_text(text != nullptr ? text : "");
  // Both take their codes from google.rpc.Code.
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
                      failure.SerializeAsString());
}

}  // namespace umsdk
