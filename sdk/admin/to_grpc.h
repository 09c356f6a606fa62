// absl::Status as gRPC sends it, with a Failure that names the errno.
#ifndef SDK_ADMIN_TO_GRPC_H_
#define SDK_ADMIN_TO_GRPC_H_

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"

namespace umsdk {

grpc::Status ToGrpc(const absl::Status& status);

}  // namespace umsdk

#endif  // SDK_ADMIN_TO_GRPC_H_
